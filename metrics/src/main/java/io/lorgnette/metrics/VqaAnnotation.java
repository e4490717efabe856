package io.lorgnette.metrics;

import java.util.List;
import java.util.Optional;

/**
 * What people answered to one question.
 *
 * @param imageId of the image that the question is about
 * @param questionType such as {@code what is the}; empty where unknown
 * @param answerType {@code yes/no}, {@code number} or {@code other}; empty where unknown
 * @param answers usually ten
 * @param answerable whether the image holds the answer, where the set says so (VizWiz)
 */
public record VqaAnnotation(
    String imageId,
    String questionType,
    String answerType,
    List<HumanAnswer> answers,
    Optional<Boolean> answerable) {

  public VqaAnnotation {
    answers = List.copyOf(answers);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("an annotation needs at least one answer");
    }
  }

  /** An annotation of a set that does not say whether questions can be answered. */
  public VqaAnnotation(
      String imageId, String questionType, String answerType, List<HumanAnswer> answers) {
    this(imageId, questionType, answerType, answers, Optional.empty());
  }
}
