package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.CaptionText;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.method.Blip2Origin;
import io.lorgnette.method.Blip2Retrieval;
import io.lorgnette.method.Retrieval;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.RetrievalScores;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.text.BlipCaption;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.text.TextMarks;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.Blip2Training;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
      "Finds the captions of images and the images of captions with a first stage of BLIP-2, and"
          + " scores both by recall at 1, 5 and 10.",
      "Everything is ranked by nearness in the joint space; the nearest are ranked anew by the"
          + " matching head, which looks at image and text together."
    },
    footer = {
      "  lorgnette retrieve runs/stage1 --on flickr8k --split dev --data ~/data",
      "  lorgnette retrieve runs/stage1 --on flickr8k --rerank 0 --json",
    })
final class RetrieveCommand implements Runnable {

  private static final int[] RANKS = {1, 5, 10};
  private static final int ROWS = 64;
  private static final long SEED = 1;

  @ParentCommand private Lorgnette root;

  @Parameters(
      paramLabel = "RUN",
      description = "Folder that lorgnette train wrote for a blip2-stage1 recipe.")
  private Path run;

  @Option(
      names = "--on",
      required = true,
      paramLabel = "NAME",
      description = "Data set with captions: flickr8k, coco-captions or postcards.")
  private String on;

  @Option(
      names = "--split",
      defaultValue = "dev",
      paramLabel = "SPLIT",
      description = "train, dev or test (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--rerank",
      paramLabel = "K",
      defaultValue = "" + Retrieval.JUDGED,
      description =
          "How many of the nearest the matching head ranks anew for each image and each caption; 0"
              + " for none (default: ${DEFAULT-VALUE}, as LAVIS).")
  private int rerank;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data sets (default: the environment's LORGNETTE_DATA).")
  private Path data;

  @Option(
      names = "--strict",
      description = "Stop at the first broken image or line instead of leaving it out.")
  private boolean strict;

  @Mixin private EngineOptions engine;

  @Override
  public void run() {
    if (rerank < 0) {
      throw new InputException("--rerank must be at least 0 but is " + rerank);
    }
    Console console = root.console();
    RunFolder folder = RunFolder.open(run);
    Path file = folder.path().resolve(Blip2Training.STAGE1);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file
              + " is missing: the run is no first stage of BLIP-2, or has not trained to its end;"
              + " give one that has");
    }
    DatasetSpec spec = DatasetSpec.named(on, Split.of(split));
    DataRoots roots =
        ConnectorRuns.withPostcards(
            console, DataRoots.find(Optional.ofNullable(data), System.getenv()), List.of(spec));
    Numerics numerics = engine.choose();
    numerics.apply();
    Problems problems = strict ? Problems.strict() : Problems.collecting();
    ObjectNode result;
    try (FeatureBench bench = PairRuns.bench(console, folder, numerics.device());
        Tokenizer tokenizer = PairRuns.tokenizer(folder);
        Blip2Stage1 model = load(file, tokenizer, numerics);
        Dataset dataset = Datasets.open(spec, roots, problems)) {
      Pairs pairs = Pairs.of(bench.featured(dataset), model, tokenizer);
      result = json(dataset, pairs, scores(console, bench, model, pairs));
    }
    folder.writeJson("retrieval-" + on + "-" + split + ".json", result);
    ConnectorRuns.noteProblems(console, problems, folder);
    if (console.json()) {
      console.result(result);
    } else {
      print(console, result);
    }
  }

  private static Blip2Stage1 load(Path file, Tokenizer tokenizer, Numerics numerics) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      String trained = Blip2Origin.of(checkpoint).tokenizer();
      if (!trained.equals(tokenizer.sha256())) {
        throw new InputException(
            file
                + " was trained with another tokenizer (SHA-256 "
                + trained
                + ") than "
                + tokenizer
                + "; bring that one back");
      }
    }
    return Blip2Origin.load(file, Dtype.F32, numerics.device());
  }

  /**
   * Images that have features and captions, and all their captions.
   *
   * @param keys of the images
   * @param texts marked and padded
   * @param owners for each text, the number of its image
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Pairs(List<FeatureKey> keys, List<PaddedIds> texts, int[] owners) {

    static Pairs of(FeaturedDataset set, Blip2Stage1 model, Tokenizer tokenizer) {
      TextMarks marks = TextMarks.of(tokenizer);
      int length = model.config().qformer().text().positions();
      List<FeatureKey> keys = new ArrayList<>();
      List<PaddedIds> texts = new ArrayList<>();
      List<Integer> owners = new ArrayList<>();
      for (int i = 0; i < set.dataset().size(); i++) {
        List<String> captions =
            set.dataset().example(i).captions().stream().filter(CaptionText::hasWords).toList();
        Optional<FeatureKey> key = set.keys().get(i);
        if (key.isPresent() && !captions.isEmpty()) {
          for (String caption : captions) {
            texts.add(marks.encode(BlipCaption.of(caption), length));
            owners.add(keys.size());
          }
          keys.add(key.get());
        }
      }
      if (keys.isEmpty()) {
        throw new InputException(
            "the data set " + set.dataset().name() + " has no image with a caption here");
      }
      return new Pairs(keys, texts, owners.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private RetrievalScores scores(
      Console console, FeatureBench bench, Blip2Stage1 model, Pairs pairs) {
    Blip2Retrieval retrieval =
        new Blip2Retrieval(
            model,
            numbers ->
                bench.features().get(Arrays.stream(numbers).mapToObj(pairs.keys()::get).toList()),
            pairs.keys().size(),
            pairs.texts(),
            ROWS);
    float[][] nearness = retrieval.nearness();
    if (rerank == 0) {
      Retrieval.Scores near = Retrieval.byNearness(nearness);
      return RetrievalScores.of(near.byImage(), near.byText(), pairs.owners());
    }
    int questions = pairs.keys().size() + pairs.texts().size();
    try (Progress progress = console.progress("ranking anew", "images and captions", questions)) {
      int[] done = {0};
      Retrieval.Scores judged =
          Retrieval.judged(
              nearness,
              rerank,
              (images, texts) -> {
                progress.at(++done[0], "");
                return retrieval.match(images, texts);
              });
      return RetrievalScores.of(judged.byImage(), judged.byText(), pairs.owners());
    }
  }

  private ObjectNode json(Dataset dataset, Pairs pairs, RetrievalScores scores) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("system", Stage1Runs.TITLE).put("dataset", dataset.name()).put("split", split);
    node.put("images", pairs.keys().size()).put("texts", pairs.texts().size());
    node.put("rerank", rerank);
    ObjectNode texts = node.putObject("textRecall");
    ObjectNode images = node.putObject("imageRecall");
    for (int k : RANKS) {
      put(texts, k, scores.textRecall(k, SEED, Interval.RESAMPLES));
      put(images, k, scores.imageRecall(k, SEED, Interval.RESAMPLES));
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
    console.result(
        String.format(
            Locale.ROOT,
            "%s %s: %s, %,d images, %,d captions, %s",
            on,
            split,
            Stage1Runs.TITLE,
            result.path("images").asInt(),
            result.path("texts").asInt(),
            rerank == 0 ? "by nearness alone" : "the nearest " + rerank + " ranked anew"));
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
