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
    String answerType) {

  public Item {
    references = List.copyOf(references);
  }
}
