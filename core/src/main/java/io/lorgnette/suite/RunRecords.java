package io.lorgnette.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What is kept of a run besides its weights: enough to print the tables again, and to check them.
 * The captions and questions of the data are not in it, nor paths of the machine.
 */
final class RunRecords {

  /** How many steps a line stands for. */
  static final String OF = "of";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Steps whose means become one line. */
  private static final int THINNED = 20;

  /** Of a number that an image adds to a score. */
  private static final MathContext DIGITS = new MathContext(7);

  private RunRecords() {}

  /**
   * Writes the record of a run: recipe, {@code run.json}, thinned {@code steps.jsonl}, scores, what
   * each image adds to them, what was said of the photos as they are.
   *
   * @param target folder of the records
   */
  static void write(Path run, Path target) {
    RunFolder from = RunFolder.open(run);
    Path folder = target.resolve(run.getFileName());
    if (Files.exists(folder.resolve("run.json"))) {
      delete(folder.resolve("run.json"));
    }
    RunFolder to = RunFolder.create(folder);
    to.writeJson("run.json", withoutPaths(from.readJson("run.json")));
    to.writeText("recipe.yaml", from.readText("recipe.yaml"));
    StringBuilder lines = new StringBuilder();
    thinned(from.steps()).forEach(line -> lines.append(line).append('\n'));
    to.writeText("steps.jsonl", lines.toString());
    for (String name : EvaluationRecord.names(from)) {
      String scores = EvaluationRecord.file(name);
      to.writeJson(scores, from.readJson(scores));
      to.writeText(EvaluationRecord.imagesFile(name), rounded(from, name) + "\n");
      if (!EvaluationRecord.isShuffled(name)) {
        String said = "predictions/" + name + ".json";
        to.writeText(said, from.readJson(said) + "\n");
      }
    }
    if (Files.exists(run.resolve(SuiteRun.BEFORE))) {
      to.writeJson(SuiteRun.BEFORE, from.readJson(SuiteRun.BEFORE));
    }
    copyIfThere(from, to, "retrieval");
  }

  private static void copyIfThere(RunFolder from, RunFolder to, String folder) {
    Path path = from.path().resolve(folder);
    if (!Files.isDirectory(path)) {
      return;
    }
    try (Stream<Path> files = Files.list(path)) {
      files.forEach(
          file -> {
            String name = folder + "/" + file.getFileName();
            to.writeJson(name, from.readJson(name));
          });
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + path + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode rounded(RunFolder from, String evaluation) {
    return mapped(
        from.readJson(EvaluationRecord.imagesFile(evaluation)),
        leaf ->
            leaf.isDouble()
                ? DoubleNode.valueOf(new BigDecimal(leaf.asDouble()).round(DIGITS).doubleValue())
                : leaf);
  }

  /** Absolute paths become the last name in them. */
  static JsonNode withoutPaths(JsonNode node) {
    return mapped(
        node,
        leaf -> {
          boolean path = leaf.isTextual() && leaf.asText().matches("(/|[A-Za-z]:\\\\).*");
          return path
              ? TextNode.valueOf(leaf.asText().replaceAll(".*[/\\\\](?=[^/\\\\]*$)", ""))
              : leaf;
        });
  }

  private static JsonNode mapped(JsonNode node, UnaryOperator<JsonNode> leaf) {
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(one -> copy.set(one.getKey(), mapped(one.getValue(), leaf)));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(one -> copy.add(mapped(one, leaf)));
      return copy;
    }
    return leaf.apply(node);
  }

  /**
   * The first step as it is, then one line for every so many: the mean loss, the summed seconds.
   * Lines of a record, which are thinned already, stay.
   */
  static List<ObjectNode> thinned(List<JsonNode> steps) {
    List<ObjectNode> lines = new ArrayList<>();
    double loss = 0;
    double seconds = 0;
    int number = 0;
    for (JsonNode step : steps) {
      if (step.has("evaluation") || step.has(OF)) {
        lines.add(step.deepCopy());
        continue;
      }
      loss += step.path("loss").asDouble();
      seconds += step.path("seconds").asDouble();
      number++;
      long at = step.path("step").asLong();
      if (at == 1 || number == THINNED) {
        ObjectNode line = JSON.createObjectNode().put("step", at).put("loss", loss / number);
        line.put("learningRate", step.path("learningRate").asDouble()).put("seconds", seconds);
        lines.add(line.put(OF, number));
        loss = 0;
        seconds = 0;
        number = 0;
      }
    }
    if (number > 0) {
      ObjectNode line =
          JSON.createObjectNode()
              .put("step", steps.get(steps.size() - 1).path("step").asLong())
              .put("loss", loss / number);
      lines.add(line.put("seconds", seconds).put("of", number));
    }
    return lines;
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException("can not replace " + file + ": " + e.getMessage(), e);
    }
  }
}
