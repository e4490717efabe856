package io.lorgnette.train;

import io.lorgnette.data.Question;
import java.util.Map;

/** Which answers to a question a connector learns, and how much each counts. */
public enum AnswerKind {
  /** The one that most people gave. */
  COMMON {
    @Override
    Map<String, Double> of(Question question) {
      return question.commonAnswer().map(answer -> Map.of(answer, 1.0)).orElse(Map.of());
    }
  },
  /** Every different one, by the share of the people who gave it. */
  ALL {
    @Override
    Map<String, Double> of(Question question) {
      return question.answerShares();
    }
  };

  /** Answers with how much they count; empty where nobody answered. */
  abstract Map<String, Double> of(Question question);
}
