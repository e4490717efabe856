package io.lorgnette.verbal;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.EfficientNetLite;
import io.lorgnette.vision.VisionEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Names what an image shows by the classifier that its encoder was first trained with: the classes
 * of the highest scores. PICa's tags come from an object detector of another kind, which names all
 * it sees; a classifier's classes compete with each other.
 *
 * <p>Immutable; safe for several threads.
 */
public final class Tagger {

  /** Names of an encoder's classes, one a line, beside its weights. */
  public static final String CLASSES = "classes.txt";

  private final EfficientNetLite encoder;
  private final List<String> names;
  private final int count;

  private Tagger(EfficientNetLite encoder, List<String> names, int count) {
    this.encoder = encoder;
    this.names = names;
    this.count = count;
  }

  /**
   * A tagger of an encoder that has its classifier.
   *
   * @param folder of the encoder, with {@code classes.txt}
   * @param encoder it stays the caller's
   * @param count tags of an image
   * @throws InputException if there is no classifier, or no name for each of its classes
   */
  public static Tagger of(Path folder, VisionEncoder encoder, int count) {
    if (!(encoder instanceof EfficientNetLite lite) || !lite.classifies()) {
      throw new InputException(
          folder
              + " is an encoder without a classifier, so it names nothing; set tags to 0 or give"
              + " files of captions and tags");
    }
    Path file = folder.resolve(CLASSES);
    List<String> names;
    try {
      names = Files.readAllLines(file);
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read; expected the names of the encoder's classes, one a line", e);
    }
    int classes = lite.config().classes();
    if (names.size() != classes || names.stream().anyMatch(String::isBlank)) {
      throw new InputException(
          file
              + " names "
              + names.size()
              + " classes, but the encoder has "
              + classes
              + "; give one name a line");
    }
    if (count < 1 || count > classes) {
      throw new InputException("tags must be from 1 to " + classes + " but are " + count);
    }
    return new Tagger(lite, names, count);
  }

  /**
   * The tags of images, most probable first.
   *
   * @param features of the encoder, {@code [B, N, Di]}
   */
  public List<List<String>> tags(Tensor features) {
    List<List<String>> all = new ArrayList<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor scores = encoder.classify(features); // [B, classes]
      Tensor best = scores.topk(count).get1(); // [B, count], best first
      long[] ids = Tensors.toLongs(best);
      for (int from = 0; from < ids.length; from += count) {
        List<String> tags = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
          tags.add(names.get((int) ids[i]));
        }
        all.add(tags);
      }
    }
    return all;
  }
}
