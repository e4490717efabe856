package io.lorgnette.spark.input;

import io.lorgnette.data.Question;
import java.util.List;

/**
 * An image of the input with what people said about it, or the reason why there is none.
 *
 * @param id of the image in its set
 * @param image bytes of its file; null where there is a problem
 * @param captions of the image, none perhaps
 * @param questions about the image, none perhaps
 * @param problem why it can not be used; null where it can
 */
@SuppressWarnings("ArrayRecordComponent") // bytes that are read once, never compared
public record Sample(
    String id, byte[] image, List<String> captions, List<Question> questions, String problem) {

  public Sample {
    captions = List.copyOf(captions);
    questions = List.copyOf(questions);
  }

  /** An image without texts. */
  static Sample of(String id, byte[] image) {
    return new Sample(id, image, List.of(), List.of(), null);
  }

  /** Something that can not be used. */
  static Sample broken(String id, String problem) {
    return new Sample(id, null, List.of(), List.of(), problem);
  }
}
