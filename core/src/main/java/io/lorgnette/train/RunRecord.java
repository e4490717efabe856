package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.weights.Sha256;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * {@code run.json}: where a run's numbers come from.
 *
 * <p>What belongs to the run as a whole stands at the top: command, hash of the recipe, seeds,
 * numerics. {@code sessions} has one entry for each process that worked on it, the first and every
 * one that resumed it, with program, machine, command line and times. Other parts of the toolkit
 * add their own keys ({@code corpus}, {@code result}).
 */
public final class RunRecord {

  private static final String RUN = "run.json";
  private static final String RECIPE = "recipe.yaml";
  private static final String PROCESSES = "processes";

  private final RunFolder folder;

  private RunRecord(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes a folder that a run is started in: {@code recipe.yaml} and {@code run.json}.
   *
   * @param command of the command line, such as {@code pretrain}
   * @param commandLine its arguments
   * @param seeds by what they seed
   */
  public static RunRecord start(
      RunFolder folder,
      String command,
      List<String> commandLine,
      Recipe<?> recipe,
      Map<String, Long> seeds,
      Numerics numerics) {
    folder.writeText(RECIPE, recipe.resolvedYaml());
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("command", command).put("recipeSha256", Sha256.of(recipe.resolvedYaml()));
    ObjectNode seedsNode = run.putObject("seeds");
    seeds.forEach(seedsNode::put);
    run.set("numerics", json(numerics));
    run.putArray("sessions").add(session(commandLine, numerics));
    folder.writeJson(RUN, run);
    return new RunRecord(folder);
  }

  /** Opens the record of an earlier run; {@link #resume} adds to it. */
  public static RunRecord open(RunFolder folder) {
    return new RunRecord(folder);
  }

  /**
   * Checks that a recipe is the one that the run was started with.
   *
   * @throws InputException naming the first line that differs
   */
  public void requireSameRecipe(Recipe<?> recipe) {
    String given = folder.readText(RECIPE);
    if (isSame(recipe, given)) {
      return;
    }
    List<String> now = recipe.resolvedYaml().lines().toList();
    List<String> before = given.lines().toList();
    int line = 0;
    while (line < now.size() && line < before.size() && now.get(line).equals(before.get(line))) {
      line++;
    }
    throw new InputException(
        folder.path()
            + " was started with another recipe (its recipe.yaml, line "
            + (line + 1)
            + ", has '"
            + (line < before.size() ? before.get(line).strip() : "")
            + "' where the recipe given now has '"
            + (line < now.size() ? now.get(line).strip() : "")
            + "'); resume with that one, or start a new run in another --out");
  }

  private boolean isSame(Recipe<?> recipe, String given) {
    try {
      return recipe.isSameAs(given);
    } catch (InputException e) {
      return false; // a key of it is no more: the line that differs is what to tell
    }
  }

  /** Number format, threads, device and kernels that the run was last worked on with. */
  public Numerics numerics() {
    JsonNode numerics = node().path("numerics");
    try {
      return new Numerics(
          Device.valueOf(numerics.path("device").asText()),
          Dtype.valueOf(numerics.path("format").asText()),
          numerics.path("threads").asInt(),
          numerics.path("kernels").asText());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          folder.path().resolve(RUN)
              + " does not say which numerics the run has (found "
              + numerics
              + "); start a new run",
          e);
    }
  }

  /** Adds a session that goes on with the run. */
  public RunRecord resume(List<String> commandLine, Numerics numerics) {
    ObjectNode run = node();
    run.set("numerics", json(numerics));
    run.withArray("sessions").add(session(commandLine, numerics));
    folder.writeJson(RUN, run);
    return this;
  }

  /** Notes how many processes work on the last session. */
  public void processes(int count) {
    ObjectNode run = node();
    ArrayNode sessions = run.withArray("sessions");
    ((ObjectNode) sessions.get(sessions.size() - 1)).put(PROCESSES, count);
    folder.writeJson(RUN, run);
  }

  /** How many processes worked on the last session. */
  public int processes() {
    JsonNode sessions = node().path("sessions");
    return sessions.path(sessions.size() - 1).path(PROCESSES).asInt(1);
  }

  /** Writes the time at which the last session ended. */
  public void end() {
    ObjectNode run = node();
    ArrayNode sessions = run.withArray("sessions");
    ((ObjectNode) sessions.get(sessions.size() - 1)).put("ended", now());
    folder.writeJson(RUN, run);
  }

  /** The whole record as it is now. */
  public ObjectNode node() {
    return (ObjectNode) folder.readJson(RUN);
  }

  private static ObjectNode session(List<String> commandLine, Numerics numerics) {
    BuildInfo build = BuildInfo.read();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("started", now());
    ArrayNode arguments = node.putArray("commandLine");
    commandLine.forEach(arguments::add);
    node.put("version", build.version()).put("commit", build.commit());
    node.put("libtorch", build.libtorch());
    node.put("java", System.getProperty("java.vm.version"));
    node.put(
        "system", property("os.name") + " " + property("os.version") + " " + property("os.arch"));
    node.put("processor", Numerics.processor());
    node.put("processors", Runtime.getRuntime().availableProcessors());
    node.set("numerics", json(numerics));
    return node;
  }

  private static ObjectNode json(Numerics numerics) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("device", numerics.device().name())
        .put("format", numerics.format().name())
        .put("threads", numerics.threads())
        .put("kernels", numerics.kernels());
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String property(String name) {
    return System.getProperty(name);
  }
}
