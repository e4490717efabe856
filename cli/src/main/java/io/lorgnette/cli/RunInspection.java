package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where a run stands and where its numbers come from. */
final class RunInspection implements Inspection {

  private final Path path;
  private final ObjectNode run;
  private final List<JsonNode> steps;

  RunInspection(Path path) {
    RunFolder folder = RunFolder.open(path);
    this.path = path;
    this.run = (ObjectNode) folder.readJson("run.json");
    this.steps = folder.steps();
  }

  private JsonNode last(String key) {
    JsonNode found = null;
    for (JsonNode line : steps) {
      found = line.has(key) ? line : found;
    }
    return found;
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = run.objectNode().put("kind", "run").put("path", path.toString());
    node.setAll(run.deepCopy());
    ObjectNode progress = node.putObject("progress");
    progress.set("lastStep", last("loss"));
    progress.set("lastEvaluation", last("evaluation"));
    return node;
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(path + ": run of lorgnette " + run.path("command").asText());
    TextTable table = new TextTable();
    int number = 0;
    for (JsonNode session : run.path("sessions")) {
      number++;
      table.row(
          "session " + number,
          session.path("started").asText() + " to " + session.path("ended").asText("(not ended)"));
      table.row(
          "",
          "version "
              + session.path("version").asText()
              + ", commit "
              + session.path("commit").asText()
              + ", "
              + numerics(session.path("numerics")));
    }
    table.row("recipe", run.path("recipeSha256").asText());
    JsonNode step = last("loss");
    if (step != null) {
      table.row("last step", step.path("step").asText() + ", loss " + number(step.path("loss")));
    }
    JsonNode evaluation = last("evaluation");
    if (evaluation != null) {
      table.row(
          "last evaluation",
          "step " + evaluation.path("step").asText() + values(evaluation.path("evaluation")));
    }
    for (Map.Entry<String, JsonNode> entry : run.path("result").properties()) {
      if (entry.getValue().isValueNode()) {
        table.row(entry.getKey(), entry.getValue().asText());
      } else {
        table.row(entry.getKey(), values(entry.getValue()).strip());
      }
    }
    lines.addAll(table.lines("  "));
    return lines;
  }

  private static String numerics(JsonNode node) {
    String place = node.path("device").asText() + " " + node.path("format").asText();
    return place.toLowerCase(Locale.ROOT) + ", threads " + node.path("threads").asText();
  }

  private static String values(JsonNode node) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      text.append(' ').append(entry.getKey()).append(' ').append(number(entry.getValue()));
    }
    return text.toString();
  }

  private static String number(JsonNode node) {
    return node.isFloatingPointNumber() ? Numbers.fixed(node.asDouble()) : node.asText();
  }
}
