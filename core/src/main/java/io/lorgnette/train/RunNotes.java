package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.distributed.GradientBuckets;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** What a training notes in {@code run.json} about its data and its result. */
final class RunNotes {

  /** The key of {@link #processes} in a run's record. */
  private static final String PROCESSES = "processes";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunFolder folder;
  private final ProcessGroup group;

  /** Notes of the processes of a group, of which one writes them down. */
  RunNotes(RunFolder folder, ProcessGroup group) {
    this.folder = folder;
    this.group = group;
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
   * @throws InputException if the run was started with other data, or another process has others
   */
  void data(ObjectNode train, Optional<ObjectNode> validation, Consumer<ObjectNode> more) {
    ObjectNode data = JSON.createObjectNode();
    data.set("train", train);
    validation.ifPresent(held -> data.set("validation", held));
    if (!group.first(data.toString()).equals(data.toString())) {
      throw new InputException(
          "process "
              + group.rank()
              + " has other data than process 0: "
              + data
              + "; give all processes the same files");
    }
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
   * Notes how many processes trained and what they showed each other.
   *
   * @param language bytes of the frozen language model's weights, or 0 without one
   */
  void processes(Map<String, Tensor> trained, long language) {
    ObjectNode run = RunRecord.open(folder).node();
    if (group.size() == 1) {
      if (run.remove(PROCESSES) != null) {
        folder.writeJson("run.json", run); // an earlier session had several
      }
    } else {
      ObjectNode node = run.putObject(PROCESSES);
      node.put("count", group.size());
      node.put("summedBytesPerStep", GradientBuckets.bytes(trained));
      if (language > 0) {
        node.put("languageModelBytes", language);
      }
      folder.writeJson("run.json", run);
    }
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
