package io.lorgnette.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A question about an image.
 *
 * @param id unique in its data set; VQA files number their questions, others get {@code IMAGE#N}
 * @param text as the file has it
 * @param type VQA's {@code question_type} such as {@code how many}; empty where the set has none
 * @param answerType VQA's {@code answer_type}: {@code yes/no}, {@code number} or {@code other};
 *     empty where the set has none
 * @param answers one for each person who answered, ten in VQAv2, one in DAQUAR; empty where the
 *     answers are not public
 * @param answerable whether the image holds the answer, where the set says so (VizWiz)
 */
public record Question(
    String id,
    String text,
    String type,
    String answerType,
    List<String> answers,
    Optional<Boolean> answerable) {
  public Question {
    answers = List.copyOf(answers);
  }

  /** A question of a set that does not say whether it can be answered. */
  public Question(String id, String text, String type, String answerType, List<String> answers) {
    this(id, text, type, answerType, answers, Optional.empty());
  }

  private Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String answer : answers) {
      counts.merge(answer, 1, Integer::sum);
    }
    return counts;
  }

  /** Each different answer with the share of the people who gave it, in the order of the file. */
  public Map<String, Double> answerShares() {
    Map<String, Double> shares = new LinkedHashMap<>();
    counts().forEach((answer, count) -> shares.put(answer, (double) count / answers.size()));
    return shares;
  }

  /** The answer that most people gave, the first given among equals; empty without answers. */
  public Optional<String> commonAnswer() {
    Map<String, Integer> counts = counts();
    String best = null;
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      if (best == null || entry.getValue() > counts.get(best)) {
        best = entry.getKey();
      }
    }
    return Optional.ofNullable(best);
  }
}
