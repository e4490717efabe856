package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.suite.CrossValidation;
import io.lorgnette.suite.ScoreRecords;
import io.lorgnette.suite.Step;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette cross-validate}: a recipe trained and asked fold by fold. */
@Command(
    name = "cross-validate",
    description = {
      "Parts a data set's images into folds, trains a recipe on all folds but one and asks it about"
          + " that one, for each; scores all answers together, and against another recipe on the same"
          + " folds.",
      "Finished runs are used again, a stopped one goes on. Each run is a folder that train and"
          + " evaluate --held-out could have written."
    },
    footer = {
      "  lorgnette cross-validate a.yaml --on vqav2 --data ~/data --minutes 20",
      "  lorgnette cross-validate a.yaml --on vqav2 --against-set method=mapl-blind",
      "  lorgnette cross-validate a.yaml --on flickr8k --folds 3 --against b.yaml",
    })
final class CrossValidateCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RECIPE",
      description =
          "YAML file of a connector; all splits of the data set that are to be parted stand in its"
              + " data.train.")
  private Path recipe;

  @Option(
      names = "--on",
      required = true,
      paramLabel = "NAME",
      description = "Data set of the recipe's data.train whose images are parted (required).")
  private String on;

  @Option(
      names = "--folds",
      defaultValue = "5",
      paramLabel = "N",
      description = "How many parts (default: ${DEFAULT-VALUE}).")
  private int folds;

  @Option(
      names = "--fold-seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Parts the images, by their ids (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a value of the recipe, and of the other one; can be repeated.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--against",
      paramLabel = "RECIPE",
      description = "Another recipe, for the paired difference between the two.")
  private Path against;

  @Option(
      names = "--against-set",
      paramLabel = "KEY=VALUE",
      description =
          "Change a value of the other recipe, which is the same one unless --against names it; such"
              + " as method=mapl-blind; can be repeated.")
  private List<String> againstSet = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/folds",
      description = "Folder of the run folders (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description = "Write the records of the scores, without what was asked and said, into DIR.")
  private Path records;

  @Mixin private PiecesOptions pieces;

  @Override
  public Integer call() {
    Console console = root.console();
    List<CrossValidation> systems = systems();
    SuiteRunner runner = pieces.runner(console);
    int code = runner.run(() -> steps(systems), out);
    if (code != 0 || steps(systems).stream().anyMatch(Step::open)) {
      console.say("Go on with:");
      console.say("  lorgnette " + RunOptions.quoted(spec.root()));
      return code;
    }
    List<List<EvaluationRecord>> found = systems.stream().map(CrossValidation::pooled).toList();
    ArrayNode differences = differences(found);
    for (int i = 0; i < systems.size(); i++) {
      RunFolder pooled = systems.get(i).write(found.get(i));
      if (records != null) {
        ScoreRecords.write(pooled, records.resolve(systems.get(i).system()));
      }
    }
    if (records != null && systems.size() > 1) {
      RunFolder first = RunFolder.open(records.resolve(systems.get(0).system()));
      first.writeJson("differences.json", differences);
    }
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      ArrayNode scores = node.putArray("scores");
      found.stream()
          .flatMap(List::stream)
          .forEach(record -> scores.add(record.scores().deepCopy().put("name", record.name())));
      node.set("differences", differences);
      console.result(node);
      return 0;
    }
    found.forEach(own -> EvaluationLines.print(console, own));
    differences.forEach(one -> console.result(line(one)));
    return 0;
  }

  private List<CrossValidation> systems() {
    List<CrossValidation> systems = new ArrayList<>();
    systems.add(CrossValidation.of(recipe, set, on, folds, seed, out));
    if (against != null || !againstSet.isEmpty()) {
      List<String> other = new ArrayList<>(set);
      other.addAll(againstSet);
      Path file = against == null ? recipe : against;
      systems.add(CrossValidation.of(file, other, on, folds, seed, out));
    }
    return systems;
  }

  /** Fold by fold, so that systems can be compared on those that are done. */
  private List<Step> steps(List<CrossValidation> systems) {
    List<Step> steps = new ArrayList<>();
    for (int fold = 1; fold <= folds; fold++) {
      for (CrossValidation system : systems) {
        steps.addAll(system.steps(fold));
      }
    }
    return steps;
  }

  private static ArrayNode differences(List<List<EvaluationRecord>> found) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    if (found.size() > 1) {
      for (int task = 0; task < found.get(0).size(); task++) {
        EvaluationRecord one = found.get(0).get(task);
        EvaluationRecord other = found.get(1).get(task);
        for (JsonNode node : ScoreRecords.differences(one, other, CaptionOptions.defaults())) {
          all.add(
              ((ObjectNode) node)
                  .put("system", one.scores().path("system").asText())
                  .put("minusSystem", other.scores().path("system").asText()));
        }
      }
    }
    return all;
  }

  private static String line(JsonNode one) {
    String type = one.path("answerType").asText();
    return String.format(
        Locale.ROOT,
        "%s minus %s, paired: %s %+.2f  [%.2f, %.2f]  p %.3f, %.3f",
        one.path("system").asText(),
        one.path("minusSystem").asText(),
        one.path("metric").asText() + (type.isEmpty() ? "" : ", " + type),
        100 * one.path("difference").asDouble(),
        100 * one.path("low").asDouble(),
        100 * one.path("high").asDouble(),
        one.path("p").asDouble(),
        one.path("pRandomized").asDouble());
  }
}
