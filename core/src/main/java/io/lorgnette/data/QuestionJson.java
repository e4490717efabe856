package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Questions and answers as VQA files and their relatives write them. */
final class QuestionJson {
  private QuestionJson() {}

  /**
   * A question with its answers in one object: {@code question}, and optionally {@code
   * question_id}, {@code question_type}, {@code answer_type}, and {@code answers} (texts, or
   * objects with {@code answer}), {@code answer_set} (one answer of several things) or {@code
   * answer}, and VizWiz's {@code answerable}, 0 or 1.
   *
   * @param fallbackId the id when the object has none
   * @return empty when there is no question in it
   */
  static Optional<Question> parse(JsonNode object, String fallbackId) {
    return Json.text(object, "question")
        .filter(CaptionText::hasWords)
        .map(
            text ->
                new Question(
                    Json.text(object, "question_id").orElse(fallbackId),
                    text,
                    Json.text(object, "question_type").orElse(""),
                    Json.text(object, "answer_type").orElse(""),
                    answers(object),
                    Json.text(object, "answerable").map("1"::equals)));
  }

  /** The answers in an object, one for each person; empty when it has none. */
  static List<String> answers(JsonNode object) {
    return answers(object, "answer");
  }

  /**
   * The answers in an object, one for each person; empty when it has none.
   *
   * @param field of each answer, where answers are objects; {@code answer} where it is absent
   */
  static List<String> answers(JsonNode object, String field) {
    if (object.path("answers").isArray()) {
      List<String> answers = new ArrayList<>();
      for (JsonNode answer : object.get("answers")) {
        JsonNode text = answer.path(field).isTextual() ? answer.get(field) : answer.path("answer");
        if (answer.isTextual()) {
          answers.add(answer.asText());
        } else if (text.isTextual()) {
          answers.add(text.asText());
        }
      }
      return answers;
    }
    if (object.path("answer_set").isArray()) {
      return List.of(texts(object.get("answer_set")).stream().collect(Collectors.joining(", ")));
    }
    return Json.text(object, "answer").map(List::of).orElse(List.of());
  }

  /** The texts of an array; other things in it are passed over. */
  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array) {
      if (item.isTextual()) {
        texts.add(item.asText());
      }
    }
    return texts;
  }
}
