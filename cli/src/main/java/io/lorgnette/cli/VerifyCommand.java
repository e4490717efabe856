package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.verify.Row;
import io.lorgnette.verify.Verification;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette verify}: our outputs against recorded outputs of a reference. */
@Command(
    name = "verify",
    description = {
      "Compares a model's outputs, computed here, with recorded outputs of a reference, stage by"
          + " stage: the first that differs is where the difference begins.",
      "Exits 1 if anything differs. How to record: docs/verify.md."
    },
    footer = {
      "  lorgnette verify models/gpt2 recordings/gpt2",
      "  lorgnette verify gpt2 g.safetensors"
    })
final class VerifyCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;

  @Parameters(
      index = "0",
      paramLabel = "CHECKPOINT",
      description = "Folder of a model: config.json and weights; or a GGUF file.")
  private Path checkpoint;

  @Parameters(
      index = "1",
      paramLabel = "GOLDEN",
      description =
          "The recording: a safetensors file with golden.json beside it, or the folder that holds"
              + " golden.safetensors.")
  private Path golden;

  @Override
  public Integer call() {
    Verification result = Verification.run(checkpoint, golden);
    Console console = root.console();
    if (console.json()) {
      console.result(json(result));
    } else {
      table(result).lines("").forEach(console::result);
      console.result(summary(result));
    }
    return result.passed() ? 0 : Failures.FAILED;
  }

  private static TextTable table(Verification result) {
    TextTable table = new TextTable();
    table.row("stage", "largest difference", "tolerance", "");
    for (Row row : result.rows()) {
      boolean compared = row.verdict() != Row.Verdict.NOT_COMPARED;
      table.row(
          row.name(),
          compared ? number(row.difference()) : "",
          compared ? number(row.tolerance()) : "",
          (row.verdict().words() + "  " + row.note()).strip());
    }
    return table;
  }

  /** Ids that differ are counted; numbers have three digits. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.2e", value);
  }

  private static String summary(Verification result) {
    long open = result.rows().size() - result.compared();
    String compared =
        result.compared()
            + " stages of "
            + result.model()
            + " compared"
            + (open > 0 ? ", " + open + " not" : "");
    return result
        .firstDifference()
        .map(row -> compared + ": they differ, first in " + row.name())
        .orElse(compared + ": no difference");
  }

  private ObjectNode json(Verification result) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("checkpoint", checkpoint.toString()).put("golden", golden.toString());
    node.put("model", result.model()).put("passed", result.passed());
    node.put("compared", result.compared());
    result.firstDifference().ifPresent(row -> node.put("firstDifference", row.name()));
    ArrayNode stages = node.putArray("stages");
    for (Row row : result.rows()) {
      ObjectNode stage = stages.addObject().put("name", row.name());
      stage.put("verdict", row.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      if (Double.isFinite(row.difference())) {
        stage.put("difference", row.difference()).put("tolerance", row.tolerance());
      }
      if (!row.note().isEmpty()) {
        stage.put("note", row.note());
      }
    }
    return node;
  }
}
