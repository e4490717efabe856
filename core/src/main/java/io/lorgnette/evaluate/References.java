package io.lorgnette.evaluate;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Question;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.HumanAnswer;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.metrics.VqaOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people wrote about the images of a data set, as the metrics take it. */
public final class References {

  private References() {}

  /** The captions of each image that has some. */
  public static Map<String, List<String>> captions(Dataset dataset) {
    Map<String, List<String>> captions = new LinkedHashMap<>();
    dataset
        .examples()
        .filter(example -> !example.captions().isEmpty())
        .forEach(example -> captions.put(example.id(), example.captions()));
    return captions;
  }

  /** The answers to each question that has some. */
  public static Map<String, VqaAnnotation> answers(Dataset dataset) {
    Map<String, VqaAnnotation> answers = new LinkedHashMap<>();
    dataset
        .examples()
        .forEach(
            example -> {
              for (Question q : example.questions()) {
                if (!q.answers().isEmpty()) {
                  answers.put(
                      q.id(),
                      annotation(
                          example.id(), q.type(), q.answerType(), q.answers(), q.answerable()));
                }
              }
            });
    return answers;
  }

  /** The sets of things that answer each question, as DAQUAR has them. */
  public static Map<String, DaquarAnswer> sets(Dataset dataset) {
    Map<String, DaquarAnswer> sets = new LinkedHashMap<>();
    dataset
        .examples()
        .forEach(
            example -> {
              for (Question q : example.questions()) {
                if (!q.answers().isEmpty()) {
                  sets.put(q.id(), DaquarAnswer.of(example.id(), q.answers().get(0)));
                }
              }
            });
    return sets;
  }

  static VqaAnnotation annotation(
      String imageId,
      String questionType,
      String answerType,
      List<String> texts,
      Optional<Boolean> answerable) {
    List<HumanAnswer> answers = new ArrayList<>();
    for (String text : texts) {
      // The number of the person: VQA's records are all different by their answer_id.
      answers.add(new HumanAnswer(text, Integer.toString(answers.size() + 1)));
    }
    return new VqaAnnotation(imageId, questionType, answerType, answers, answerable);
  }

  /** The rule of a benchmark's own evaluation, leaving out by index, over all questions. */
  public static VqaOptions rule(AnswerStyle style) {
    VqaOptions official = VqaOptions.defaults();
    return switch (style) {
      case TEN_PEOPLE, SET -> official;
      case STEMS -> official.withStems(true);
      case READ_TEXT -> official.with(VqaEvaluator.TEXTVQA);
      case BLIND_PEOPLE -> official.with(VqaEvaluator.VIZWIZ);
      case ONE -> official.with(VqaEvaluator.GQA);
    };
  }
}
