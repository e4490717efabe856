package io.lorgnette.pocket.postcards.words;

import java.util.List;

/**
 * A question about a picture with the answers of ten people, in the terms of VQA v2.
 *
 * @param text the question
 * @param type how it begins, such as "what color is the"
 * @param answerType "yes/no", "number" or "other"
 * @param answers ten, all true of the picture, not all alike
 * @param best the most frequent of the answers
 */
public record Question(
    String text, String type, String answerType, List<String> answers, String best) {

  /** People asked. */
  public static final int ANSWERS = 10;

  public Question {
    answers = List.copyOf(answers);
    if (answers.size() != ANSWERS || !answers.contains(best)) {
      throw new IllegalArgumentException("ten answers with the best among them: " + answers);
    }
  }
}
