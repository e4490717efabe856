package io.lorgnette.pocket.postcards;

import io.lorgnette.data.Split;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What lies where in the data set's folder: the layout that {@code DatasetSpec.Postcards} reads.
 */
final class Folder {

  /** The most scenes that every split has ids for. */
  static final int MOST_SCENES = 100_000;

  private Folder() {}

  /** The folder of the pictures of {@code split}. */
  static Path images(Path root, Split split) {
    return root.resolve(split.valName());
  }

  /** The COCO captions of {@code split}. */
  static Path captions(Path root, Split split) {
    return root.resolve("captions_" + split.valName() + ".json");
  }

  /** The VQA v2 questions of {@code split}. */
  static Path questions(Path root, Split split) {
    return root.resolve("questions_" + split.valName() + ".json");
  }

  /** The VQA v2 annotations, with the answers, of {@code split}. */
  static Path answers(Path root, Split split) {
    return root.resolve("annotations_" + split.valName() + ".json");
  }

  /** The id of image {@code index}: unique over all splits; a thousandfold fits an int. */
  static int imageId(Split split, int index) {
    int first =
        switch (split) {
          case TRAIN -> 100_000;
          case VAL -> 800_000;
          case TEST -> 900_000;
        };
    return first + index;
  }

  /** The name of a picture, made like COCO's from split and id. */
  static String imageName(Split split, int imageId) {
    return String.format(Locale.ROOT, "postcards_%s_%012d.jpg", split.valName(), imageId);
  }
}
