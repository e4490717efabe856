package io.lorgnette.suite;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A run of a suite. It is what its recipe, with every default, and its seed say: tables that ask
 * for the same share it.
 *
 * @param name of its folder; ends with a hash of the recipe
 * @param folder where it is or will be
 * @param system that it trains or asks
 * @param recipe file
 * @param set changes to it
 * @param steps of its training; 0 where nothing is trained
 * @param batch of a step
 */
public record SuiteRun(
    String name,
    Path folder,
    Suite.SystemSpec system,
    Path recipe,
    List<String> set,
    long steps,
    int batch) {

  /** Marks a run that failed, with what was said. */
  public static final String FAILED = "failed.json";

  /** What its training started from, in the form of {@code lorgnette train --before --json}. */
  public static final String BEFORE = "before.json";

  private static final Set<String> ENDS = Set.of("finished", "early");

  /** How far a run or a step of it is. */
  public enum State {
    TO_DO,
    STARTED,
    DONE,
    FAILED
  }

  /**
   * The run of a recipe that trains nothing, on the data set of a column: it has a folder of its
   * own.
   */
  SuiteRun on(TableSpec.Column column) {
    String own = name + "." + column.on() + "-" + column.split().devName();
    return new SuiteRun(own, folder.resolveSibling(own), system, recipe, set, steps, batch);
  }

  /** Where a column's score is: this run, or the one of its data set where nothing is trained. */
  SuiteRun asked(TableSpec.Column column) {
    return system.trained() ? this : on(column);
  }

  /** How far its training is; done from the start where nothing is trained. */
  public State state() {
    return steps == 0 ? State.DONE : trained(folder);
  }

  /**
   * Whether it was trained, but only its records are here: enough for the scores that they hold,
   * not to ask it more.
   */
  public boolean recordsAlone() {
    if (steps == 0 || state() != State.DONE) {
      return false;
    }
    try (Stream<Path> weights =
        Files.find(folder, 2, (file, is) -> isWeights(folder.relativize(file)))) {
      return weights.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Whether a file of a run holds what its training has come to, and not how far it was. */
  private static boolean isWeights(Path file) {
    return file.toString().endsWith(".safetensors") && !file.startsWith("checkpoints");
  }

  /** How far the training of a run folder is, which may not be there yet. */
  static State trained(Path folder) {
    if (Files.exists(folder.resolve(FAILED))) {
      return State.FAILED;
    }
    return record(folder)
        .map(
            run ->
                ENDS.contains(run.path("result").path("end").asText()) ? State.DONE : State.STARTED)
        .orElse(State.TO_DO);
  }

  /** Its {@code run.json}, if it was begun. */
  public Optional<JsonNode> record() {
    return record(folder);
  }

  private static Optional<JsonNode> record(Path folder) {
    return Files.exists(folder.resolve("run.json"))
        ? Optional.of(RunFolder.open(folder).readJson("run.json"))
        : Optional.empty();
  }

  /** The optimizer steps that it has noted. */
  long taken() {
    return record().isEmpty()
        ? 0
        : RunFolder.open(folder).steps().stream()
            .mapToLong(line -> line.path("step").asLong())
            .max()
            .orElse(0);
  }

  /** The held-out loss by which rates are compared; empty until it has ended. */
  Optional<Double> heldOutLoss() {
    return state() != State.DONE
        ? Optional.empty()
        : record()
            .map(run -> run.path("result").path("validationLossNats"))
            .filter(JsonNode::isNumber)
            .map(JsonNode::asDouble);
  }

  /** Its {@link #BEFORE}, if it was measured. */
  Optional<JsonNode> before() {
    return Files.exists(folder.resolve(BEFORE))
        ? Optional.of(RunFolder.open(folder).readJson(BEFORE))
        : Optional.empty();
  }

  /** The loss of its first step, in nats, before which nothing was learned. */
  Optional<Double> firstLoss() {
    return record().isEmpty()
        ? Optional.empty()
        : RunFolder.open(folder).steps().stream()
            .filter(step -> step.has("loss"))
            .findFirst()
            .map(step -> step.path("loss").asDouble());
  }

  /** The learning rate of its recipe as changed, for people; empty where the recipe's own holds. */
  public Optional<String> rate() {
    return set.stream()
        .filter(change -> change.startsWith(Runs.RATE))
        .map(change -> change.substring(Runs.RATE.length()))
        .findFirst();
  }

  /** Whether it was asked for a column. */
  public boolean has(TableSpec.Column column) {
    return Files.exists(folder.resolve(file(column)));
  }

  /** The file that tells that, in the run's folder. */
  static String file(TableSpec.Column column) {
    return column.retrieval() ? retrieval(column) : EvaluationRecord.file(column.evaluation());
  }

  /** Where a retrieval of a run is kept, in the form of {@code lorgnette retrieve --json}. */
  public static String retrieval(TableSpec.Column column) {
    return "retrieval/" + column.on() + "-" + column.split().devName() + ".json";
  }
}
