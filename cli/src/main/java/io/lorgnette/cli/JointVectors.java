package io.lorgnette.cli;

import io.lorgnette.evaluate.QuestionPlace;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.ImageReader;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.Rows;
import io.lorgnette.verbal.ShotSelection;
import java.nio.file.Path;
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
  private final JointEmbedder model;
  private final Map<FeatureKey, float[]> images = new HashMap<>();

  private JointVectors(Console console, JointEmbedder model) {
    this.console = console;
    this.model = model;
  }

  /** Opens a joint space that a user or a recipe names, see {@link JointModels#folder}. */
  static JointVectors open(Console console, String name, Path base, Device device) {
    return new JointVectors(console, JointModels.open(name, base, Dtype.F32, device));
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
    return rows(
        List.of(model.texts(places.stream().map(place -> place.question().text()).toList())));
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
    float[][] vectors =
        model.images(
            batch.stream()
                .map(place -> place.example().image())
                .map(image -> ImageReader.read(image.bytes(), image.name()))
                .toList());
    for (int i = 0; i < vectors.length; i++) {
      images.put(batch.get(i).key(), vectors[i]);
    }
  }

  private static Rows rows(List<float[]> vectors) {
    int width = vectors.get(0).length;
    float[] all = new float[vectors.size() * width];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, all, i * width, width);
    }
    return new Rows(all, width);
  }

  @Override
  public void close() {
    model.close();
  }
}
