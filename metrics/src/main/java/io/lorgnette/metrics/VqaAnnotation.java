package io.lorgnette.metrics;

import java.util.List;

/**
 * What people answered to one question.
 *
 * @param imageId of the image that the question is about
 * @param questionType such as {@code what is the}; empty where unknown
 * @param answerType {@code yes/no}, {@code number} or {@code other}; empty where unknown
 * @param answers usually ten
 */
public record VqaAnnotation(
    String imageId, String questionType, String answerType, List<HumanAnswer> answers) {

  public VqaAnnotation {
    answers = List.copyOf(answers);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("an annotation needs at least one answer");
    }
  }
}
