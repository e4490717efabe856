package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** What a training notes in {@code run.json} about its data and its result. */
final class RunNotes {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunFolder folder;

  RunNotes(RunFolder folder) {
    this.folder = folder;
  }

  /** SHA-256 of the run's recipe. */
  String recipe() {
    return RunRecord.open(folder).node().path("recipeSha256").asText();
  }

  /**
   * Notes the data at the start, and compares them when the run goes on.
   *
   * @param train see {@link #describe}
   * @param more adds to the run's record at the start
   * @throws InputException if the run was started with other data
   */
  void data(ObjectNode train, Optional<ObjectNode> validation, Consumer<ObjectNode> more) {
    ObjectNode data = JSON.createObjectNode();
    data.set("train", train);
    validation.ifPresent(held -> data.set("validation", held));
    ObjectNode run = RunRecord.open(folder).node();
    JsonNode before = run.path("data");
    if (before.isMissingNode()) {
      run.set("data", data);
      more.accept(run);
      folder.writeJson("run.json", run);
    } else if (!before.toString().equals(data.toString())) {
      throw new InputException(
          folder.path()
              + " was started with other data than are there now (see data in its run.json); start"
              + " a new run or bring the data back");
    }
  }

  /**
   * Data sets and what is learned of them.
   *
   * @param counts a record of numbers
   */
  static ObjectNode describe(List<FeaturedDataset> sets, Record counts) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode fingerprints = node.putArray("sets");
    for (FeaturedDataset set : sets) {
      fingerprints.add(JSON.valueToTree(set.dataset().fingerprint()));
    }
    node.setAll((ObjectNode) JSON.valueToTree(counts));
    return node;
  }

  /**
   * Notes how the run ended.
   *
   * @param seen the name of the count of what was seen in all
   * @param more adds to what is noted
   */
  void result(
      TrainingLoop.Result result,
      String seen,
      long count,
      long trainedParameters,
      Consumer<ObjectNode> more) {
    ObjectNode run = RunRecord.open(folder).node();
    ObjectNode node = run.putObject("result");
    node.put("end", result.end().name().toLowerCase(Locale.ROOT)).put("step", result.step());
    node.put(seen, count);
    node.put("trainedParameters", trainedParameters);
    if (Double.isFinite(result.best())) {
      node.put("validationLossNats", result.best()).put("bestStep", result.bestStep());
    }
    more.accept(node);
    folder.writeJson("run.json", run);
  }
}
