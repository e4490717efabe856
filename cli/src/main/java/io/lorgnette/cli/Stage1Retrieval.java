package io.lorgnette.cli;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.Dataset;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.method.Blip2Origin;
import io.lorgnette.method.Blip2Retrieval;
import io.lorgnette.method.Retrieval;
import io.lorgnette.metrics.RetrievalScores;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
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
import java.util.Optional;

/** Retrieval by a run of BLIP-2's first stage: by nearness, then by its matching head. */
final class Stage1Retrieval implements AutoCloseable {

  private static final int ROWS = 64;

  private final Console console;
  private final FeatureBench bench;
  private final Tokenizer tokenizer;
  private final Blip2Stage1 model;

  private Stage1Retrieval(
      Console console, FeatureBench bench, Tokenizer tokenizer, Blip2Stage1 model) {
    this.console = console;
    this.bench = bench;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /** Whether a folder is that of such a run, trained to its end. */
  static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(Blip2Training.STAGE1));
  }

  /**
   * Loads the stage and what it was trained with.
   *
   * @throws InputException if a part is absent, broken or another one
   */
  static Stage1Retrieval open(Console console, RunFolder folder, Device device) {
    FeatureBench bench = PairRuns.bench(console, folder, device);
    try {
      Tokenizer tokenizer = PairRuns.tokenizer(folder);
      try {
        Path file = folder.path().resolve(Blip2Training.STAGE1);
        return new Stage1Retrieval(console, bench, tokenizer, load(file, tokenizer, device));
      } catch (RuntimeException e) {
        tokenizer.close();
        throw e;
      }
    } catch (RuntimeException e) {
      bench.close();
      throw e;
    }
  }

  private static Blip2Stage1 load(Path file, Tokenizer tokenizer, Device device) {
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
    return Blip2Origin.load(file, Dtype.F32, device);
  }

  /**
   * Ranks the images and captions of a data set.
   *
   * @param rerank how many of the nearest are ranked anew; 0 for none
   * @throws InputException if it has no image with a caption
   */
  Retrieved of(Dataset dataset, int rerank) {
    Pairs pairs = Pairs.of(bench.featured(dataset), model, tokenizer);
    return new Retrieved(
        Stage1Runs.TITLE, pairs.keys().size(), pairs.texts().size(), rerank, scores(pairs, rerank));
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
        throw Retrieved.nothing(set.dataset());
      }
      return new Pairs(keys, texts, owners.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private RetrievalScores scores(Pairs pairs, int rerank) {
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
    int images = pairs.keys().size();
    try (Progress progress = console.progress("ranking anew", "images", images)) {
      int[] done = {0};
      Retrieval.Scores judged =
          Retrieval.judged(
              nearness,
              rerank,
              (image, texts) -> {
                progress.at(++done[0], "");
                return retrieval.match(image, texts);
              });
      return RetrievalScores.of(judged.byImage(), judged.byText(), pairs.owners());
    }
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
    bench.close();
  }
}
