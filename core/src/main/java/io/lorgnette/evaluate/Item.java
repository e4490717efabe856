package io.lorgnette.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * One thing that was said and what it is compared with.
 *
 * @param id of the image (captions) or of the question (answers)
 * @param imageId of the image
 * @param image its name in its source
 * @param question or null for captions
 * @param said the caption or answer
 * @param score mean log-probability of its tokens, in nats
 * @param references people's captions or answers
 * @param questionType empty where unknown; null for captions
 * @param answerType empty where unknown; null for captions
 * @param answerable whether the image holds the answer; null where the set does not say
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Item(
    String id,
    String imageId,
    String image,
    String question,
    String said,
    double score,
    List<String> references,
    String questionType,
    String answerType,
    Boolean answerable) {

  public Item {
    references = List.copyOf(references);
  }

  /** An item of a set that does not say whether questions can be answered. */
  public Item(
      String id,
      String imageId,
      String image,
      String question,
      String said,
      double score,
      List<String> references,
      String questionType,
      String answerType) {
    this(id, imageId, image, question, said, score, references, questionType, answerType, null);
  }
}
