package io.lorgnette.cli;

import io.lorgnette.curate.MeanFeatures;
import io.lorgnette.curate.NearPictures;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.ImageRef;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Pictures as vectors: in a joint space, or the mean of an encoder's features. */
interface PictureVectors extends AutoCloseable {

  /** {@code [B][J]}. */
  float[][] of(List<RgbImage> pictures);

  @Override
  void close();

  /** In a joint space that a user names. */
  static PictureVectors joint(String name, Device device) {
    JointEmbedder model = JointModels.open(name, Path.of(""), Dtype.F32, device);
    return new PictureVectors() {
      @Override
      public float[][] of(List<RgbImage> pictures) {
        return model.images(pictures);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  /** The features of an encoder that a user names, averaged over its visual tokens. */
  static PictureVectors encoder(String name, Device device) {
    MeanFeatures features =
        new MeanFeatures(
            VisionEncoders.load(ModelOptions.vision(name, Path.of("")), Dtype.F32, device));
    return new PictureVectors() {
      @Override
      public float[][] of(List<RgbImage> pictures) {
        return features.of(pictures);
      }

      @Override
      public void close() {
        features.close();
      }
    };
  }

  /** Looks at all pictures of a set, a few at a time; broken ones are passed over. */
  default void each(Console console, Dataset dataset, VectorTaker taker) {
    int batch = 16;
    try (Progress progress =
        console.progress("looking at " + dataset.name(), "images", dataset.size())) {
      for (int from = 0; from < dataset.size(); from += batch) {
        int to = Math.min(from + batch, dataset.size());
        List<Optional<RgbImage>> read =
            IntStream.range(from, to).parallel().mapToObj(i -> picture(dataset.image(i))).toList();
        List<String> names = new ArrayList<>();
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = from; i < to; i++) {
          if (read.get(i - from).isPresent()) {
            names.add(dataset.image(i).name());
            pictures.add(read.get(i - from).get());
          }
        }
        if (!pictures.isEmpty()) {
          taker.take(names, of(pictures));
        }
        progress.at(to, "");
      }
    }
  }

  private static Optional<RgbImage> picture(ImageRef image) {
    try {
      return Optional.of(ImageReader.read(image.bytes(), image.name()));
    } catch (InputException e) {
      return Optional.empty();
    }
  }

  /** Pairs of pictures of two sets with at least a cosine; the second set's vectors are held. */
  default List<NearPictures.Pair> near(Console console, Dataset a, Dataset b, double least) {
    List<String> names = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    each(
        console,
        b,
        (some, values) -> {
          names.addAll(some);
          vectors.addAll(Arrays.asList(values));
        });
    if (names.isEmpty()) {
      return List.of();
    }
    try (NearPictures near = new NearPictures(names, vectors.toArray(float[][]::new), least)) {
      each(console, a, near::add);
      return near.pairs();
    }
  }
}
