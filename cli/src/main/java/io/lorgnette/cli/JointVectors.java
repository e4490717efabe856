package io.lorgnette.cli;

import io.lorgnette.evaluate.QuestionPlace;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.RunFolder;
import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.Rows;
import io.lorgnette.verbal.ShotSelection;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How alike questions and images are in a joint space: cosines, since its vectors have length 1.
 * Images are looked at once.
 */
final class JointVectors implements ShotVectors, AutoCloseable {

  private static final int BATCH = 32;

  private final Console console;
  private final DualEncoder pair;
  private final Tokenizer tokenizer;
  private final Map<FeatureKey, float[]> images = new HashMap<>();

  private JointVectors(Console console, DualEncoder pair, Tokenizer tokenizer) {
    this.console = console;
    this.pair = pair;
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a joint space that a recipe names.
   *
   * @param name a run of {@code method: clip}, or CLIP or SigLIP as a folder or pulled
   */
  static JointVectors open(Console console, String name, Path base, Device device) {
    Path trained = base.resolve(name).resolve(ClipTraining.CLIP);
    if (Files.isDirectory(trained)) {
      RunFolder run = RunFolder.open(base.resolve(name));
      Tokenizer tokenizer = PairRuns.tokenizer(run);
      try {
        return new JointVectors(
            console,
            DualEncoder.over(
                VisionEncoders.load(PairRuns.vision(run), Dtype.F32, device),
                trained,
                Dtype.F32,
                device),
            tokenizer);
      } catch (RuntimeException e) {
        tokenizer.close();
        throw e;
      }
    }
    Path folder = ModelOptions.jointSpace(name, base);
    DualEncoder pair = DualEncoder.load(folder, Dtype.F32, device);
    try {
      return new JointVectors(console, pair, Tokenizer.load(folder));
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  @Override
  public Likeness of(List<QuestionPlace> pool, List<QuestionPlace> asked, ShotSelection selection) {
    Likeness likeness = new Likeness(pool.size());
    if (selection.questions()) {
      likeness = likeness.with(questions(pool), questions(asked));
    }
    if (selection.images()) {
      likeness = likeness.with(images(pool), images(asked));
    }
    return likeness;
  }

  private Rows questions(List<QuestionPlace> places) {
    List<String> texts = places.stream().map(place -> place.question().text()).toList();
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += BATCH) {
      List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        rows.add(Tensors.toFloats(pair.textEmbeds(pair.texts().ids(tokenizer, batch), null)));
      }
    }
    return rows(rows);
  }

  private Rows images(List<QuestionPlace> places) {
    Map<FeatureKey, QuestionPlace> unknown = new LinkedHashMap<>();
    for (QuestionPlace place : places) {
      if (!images.containsKey(place.key())) {
        unknown.putIfAbsent(place.key(), place);
      }
    }
    List<QuestionPlace> all = List.copyOf(unknown.values());
    try (Progress progress = console.progress("placing images", "images", all.size())) {
      for (int from = 0; from < all.size(); from += BATCH) {
        look(all.subList(from, Math.min(all.size(), from + BATCH)));
        progress.at(Math.min(all.size(), from + BATCH), "");
      }
    }
    return rows(places.stream().map(place -> images.get(place.key())).toList());
  }

  private void look(List<QuestionPlace> batch) {
    ImageProcessor processor = pair.images().processor();
    int side = processor.size();
    int one = 3 * side * side;
    float[] pixels = new float[batch.size() * one];
    for (int i = 0; i < batch.size(); i++) {
      processor.process(
          ImageReader.read(
              batch.get(i).example().image().bytes(), batch.get(i).example().image().name()),
          pixels,
          i * one);
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      float[] values =
          Tensors.toFloats(pair.imageEmbeds(Tensors.ofFloats(pixels, batch.size(), 3, side, side)));
      int width = values.length / batch.size();
      for (int i = 0; i < batch.size(); i++) {
        float[] row = new float[width];
        System.arraycopy(values, i * width, row, 0, width);
        images.put(batch.get(i).key(), row);
      }
    }
  }

  private Rows rows(List<float[]> parts) {
    int length = parts.stream().mapToInt(part -> part.length).sum();
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return new Rows(all, pair.texts().config().projection());
  }

  @Override
  public void close() {
    pair.close();
    tokenizer.close();
  }
}
