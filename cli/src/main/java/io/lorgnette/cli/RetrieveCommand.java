package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Retrieval;
import io.lorgnette.metrics.Interval;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.Blip2Training;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.RunFolder;
import io.lorgnette.vision.JointFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette retrieve}: texts for images and images for texts, scored by recall. */
@Command(
    name = "retrieve",
    description = {
      "Finds the captions of images and the images of captions with a joint space or a first stage"
          + " of BLIP-2, and scores both by recall at 1, 5 and 10.",
      "Everything is ranked by nearness in the joint space; with a first stage the nearest are"
          + " ranked anew by its matching head, which looks at image and text together."
    },
    footer = {
      "  lorgnette retrieve pocket-clip --on flickr8k --split dev --data ~/data",
      "  lorgnette retrieve runs/stage1 --on flickr8k --split dev --data ~/data",
      "  lorgnette retrieve runs/stage1 --on flickr8k --rerank 0 --json",
    })
final class RetrieveCommand implements Runnable {

  private static final int[] RANKS = {1, 5, 10};
  private static final long SEED = 1;

  @ParentCommand private Lorgnette root;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "pocket-clip, a run of method clip or blip2-stage1, or CLIP or SigLIP, as a folder or"
              + " pulled.")
  private String model;

  @Option(
      names = "--rerank",
      paramLabel = "K",
      description =
          "With a first stage: how many of the nearest its matching head ranks anew for each image"
              + " and each caption; 0 for none (default: "
              + Retrieval.JUDGED
              + ", as LAVIS).")
  private Integer rerank;

  @Mixin private DataOptions data;
  @Mixin private EngineOptions engine;

  @Override
  public void run() {
    if (rerank != null && rerank < 0) {
      throw new InputException("--rerank must be at least 0 but is " + rerank);
    }
    Console console = root.console();
    Optional<RunFolder> run = runFolder();
    boolean stage1 = run.isPresent() && Stage1Retrieval.is(run.get().path());
    if (!stage1) {
      checkJoint(run);
    }
    Numerics numerics = engine.choose();
    numerics.apply();
    Problems problems = data.problems();
    ObjectNode result;
    try (Dataset dataset = Datasets.open(data.spec(), data.roots(console), problems)) {
      result =
          json(
              dataset,
              stage1
                  ? stage1(console, run.get(), dataset, numerics)
                  : joint(console, dataset, numerics));
    }
    if (run.isPresent()) {
      String file = "retrieval-" + data.name() + "-" + data.splitName() + ".json";
      run.get().writeJson(file, result);
      ConnectorRuns.noteProblems(console, problems, run.get());
    } else if (problems.count() > 0) {
      console.say("Left out: " + problems.summary() + ".");
    }
    if (console.json()) {
      console.result(result);
    } else {
      print(console, result);
    }
  }

  /** The run that the model is, if it is one: its recalls are kept there. */
  private Optional<RunFolder> runFolder() {
    Path path = Path.of(model);
    return !JointModels.isEmbedded(model) && Files.isRegularFile(path.resolve("run.json"))
        ? Optional.of(RunFolder.open(path))
        : Optional.empty();
  }

  /**
   * Checks what is no first stage.
   *
   * @throws InputException if it is no joint space either, or something is to be ranked anew
   */
  private void checkJoint(Optional<RunFolder> run) {
    if (run.isPresent() && !JointFolder.is(run.get().path().resolve(ClipTraining.CLIP))) {
      throw new InputException(
          model
              + " holds neither "
              + Blip2Training.STAGE1
              + " nor the folder "
              + ClipTraining.CLIP
              + ": the run is no first stage of BLIP-2 and no joint space, or has not trained to"
              + " its end; give one that has");
    }
    JointModels.folder(model, Path.of(""));
    if (rerank != null && rerank > 0) {
      throw new InputException(
          "--rerank must be 0 with "
              + model
              + ": a joint space has no matching head to rank anew with; leave it out, or give a"
              + " run of blip2-stage1");
    }
  }

  private Retrieved stage1(Console console, RunFolder folder, Dataset dataset, Numerics numerics) {
    try (Stage1Retrieval stage = Stage1Retrieval.open(console, folder, numerics.device())) {
      return stage.of(dataset, rerank == null ? Retrieval.JUDGED : rerank);
    }
  }

  private Retrieved joint(Console console, Dataset dataset, Numerics numerics) {
    try (JointEmbedder space = JointModels.open(model, Path.of(""), Dtype.F32, numerics.device())) {
      return new JointRetrieval(console, space).of(dataset);
    }
  }

  private ObjectNode json(Dataset dataset, Retrieved found) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("system", found.system()).put("dataset", dataset.name());
    node.put("split", data.splitName());
    node.put("images", found.images()).put("texts", found.texts());
    node.put("rerank", found.reranked());
    ObjectNode texts = node.putObject("textRecall");
    ObjectNode images = node.putObject("imageRecall");
    for (int k : RANKS) {
      put(texts, k, found.scores().textRecall(k, SEED, Interval.RESAMPLES));
      put(images, k, found.scores().imageRecall(k, SEED, Interval.RESAMPLES));
    }
    return node.put("seed", SEED).put("resamples", Interval.RESAMPLES);
  }

  private static void put(ObjectNode node, int k, Interval interval) {
    node.putObject("@" + k)
        .put("value", interval.value())
        .put("low", interval.low())
        .put("high", interval.high());
  }

  private void print(Console console, ObjectNode result) {
    int reranked = result.path("rerank").asInt();
    console.result(
        String.format(
            Locale.ROOT,
            "%s %s: %s, %,d images, %,d captions, %s",
            data.name(),
            data.splitName(),
            result.path("system").asText(),
            result.path("images").asInt(),
            result.path("texts").asInt(),
            reranked == 0 ? "by nearness alone" : "the nearest " + reranked + " ranked anew"));
    for (int k : RANKS) {
      line(console, "caption of an image", k, result.path("textRecall").path("@" + k));
    }
    for (int k : RANKS) {
      line(console, "image of a caption", k, result.path("imageRecall").path("@" + k));
    }
  }

  private static void line(Console console, String what, int k, JsonNode recall) {
    console.result(
        String.format(
            Locale.ROOT,
            "  %-20s recall@%-3d %6.2f  [%.2f, %.2f]",
            what,
            k,
            100 * recall.path("value").asDouble(),
            100 * recall.path("low").asDouble(),
            100 * recall.path("high").asDouble()));
  }
}
