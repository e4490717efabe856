package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * VQA accuracy of one system's answers, overall and by type.
 *
 * <p>Scores are fractions, not rounded. They do not depend on the order of questions or annotators,
 * nor on threads or locale. Immutable, thread-safe.
 */
public final class VqaScores {

  /** The metric's name. */
  public static final String METRIC = "VQA accuracy";

  private final AnswerScores scores;
  private final List<String> questionTypes;
  private final List<String> answerTypes;
  private final VqaOptions options;
  private final Optional<Answerability> answerability;

  private VqaScores(
      Map<String, VqaAnnotation> annotations,
      Map<String, String> results,
      List<String> questions,
      VqaOptions options) {
    List<VqaAnnotation> evaluated = questions.stream().map(annotations::get).toList();
    double[] accuracies =
        IntStream.range(0, questions.size())
            .parallel()
            .mapToDouble(
                i ->
                    options
                        .evaluator()
                        .accuracy(
                            evaluated.get(i).answers(),
                            said(results.get(questions.get(i)), options),
                            options.leaveOut()))
            .toArray();
    this.scores =
        new AnswerScores(
            questions, evaluated.stream().map(VqaAnnotation::imageId).toList(), accuracies);
    this.questionTypes = evaluated.stream().map(VqaAnnotation::questionType).toList();
    this.answerTypes = evaluated.stream().map(options.evaluator()::answerType).toList();
    this.options = options;
    this.answerability =
        evaluated.stream().allMatch(annotation -> annotation.answerable().isPresent())
            ? Optional.of(
                Answerability.of(
                    evaluated.stream().map(a -> a.answerable().orElseThrow()).toList(),
                    questions.stream().map(q -> Answerability.confidence(results.get(q))).toList()))
            : Optional.empty();
  }

  private static String said(String result, VqaOptions options) {
    return options.stems() ? OkVqaStems.of(result) : result;
  }

  /**
   * Scores answers with {@link VqaOptions#defaults}.
   *
   * @param annotations people's answers by question
   * @param results one answer by question
   * @throws InputException if the two do not cover the same questions
   */
  public static VqaScores of(Map<String, VqaAnnotation> annotations, Map<String, String> results) {
    return of(annotations, results, VqaOptions.defaults());
  }

  /**
   * Scores answers.
   *
   * @param annotations people's answers by question
   * @param results one answer by question
   * @throws InputException if an evaluated question lacks an annotation or a result
   */
  public static VqaScores of(
      Map<String, VqaAnnotation> annotations, Map<String, String> results, VqaOptions options) {
    List<String> questions =
        options
            .evaluated()
            .select(
                annotations.keySet(),
                "the annotations",
                results.keySet(),
                "The results",
                "question");
    return new VqaScores(annotations, results, questions, options);
  }

  /**
   * The overall score by each rule that makes sense for these answers, by its name in options: what
   * the same answers are worth in other papers.
   */
  public static Map<String, Double> byEveryRule(
      Map<String, VqaAnnotation> annotations, Map<String, String> results, VqaOptions options) {
    Map<String, Double> all = new LinkedHashMap<>();
    if (options.evaluator() == VqaEvaluator.GQA) {
      return all;
    }
    for (VqaEvaluator evaluator : VqaEvaluator.values()) {
      if (evaluator != VqaEvaluator.GQA) {
        String name = evaluator.name().toLowerCase(Locale.ROOT).replace('_', '-');
        for (VqaEvaluator.LeaveOut leaveOut : VqaEvaluator.LeaveOut.values()) {
          VqaScores scores = of(annotations, results, options.with(evaluator).with(leaveOut));
          boolean byIndex = leaveOut == VqaEvaluator.LeaveOut.INDEX;
          all.put(byIndex ? name : name + ", by record", scores.overall());
        }
      }
    }
    return all;
  }

  /** What the score is called. */
  public String metric() {
    return options.evaluator().metric();
  }

  /** How well the system knew which questions have no answer, where the annotations say it. */
  public Optional<Answerability> answerability() {
    return answerability;
  }

  /** The mean over questions. */
  public double overall() {
    return scores.mean(i -> true);
  }

  /** The mean over the questions of each question type, types in ascending order. */
  public Map<String, Double> byQuestionType() {
    return scores.means(questionTypes);
  }

  /** The mean over the questions of each answer type, types in ascending order. */
  public Map<String, Double> byAnswerType() {
    return scores.means(answerTypes);
  }

  /** The evaluated questions in ascending order of their ids. */
  public List<String> questions() {
    return scores.questions();
  }

  /** How many images the evaluated questions are about. */
  public int images() {
    return scores.images();
  }

  /** Each question's accuracy, in the order of {@link #questions}. */
  public double[] perQuestion() {
    return scores.accuracies();
  }

  /** What each image's questions add to {@link #overall}. */
  public ImageSums imageSums() {
    return scores.imageSums(metric());
  }

  /** What must be published with the scores. */
  public Map<String, String> variants() {
    Map<String, String> variants = new LinkedHashMap<>();
    variants.put(metric(), options.evaluator().variant());
    if (options.evaluator() != VqaEvaluator.GQA) {
      variants.put(
          "leave-one-out",
          options.leaveOut() == VqaEvaluator.LeaveOut.INDEX ? "by annotator" : "by record");
    }
    if (options.stems()) {
      variants.put("answers", OkVqaStems.VARIANT);
    }
    variants.put("questions", options.evaluated() == Evaluated.RESULTS ? "with results" : "all");
    return variants;
  }

  /**
   * The 95 % bootstrap interval of {@link #overall} over images, each drawn with all its questions.
   *
   * @param seed the same seed gives the same interval
   * @param resamples usually {@link Interval#RESAMPLES}
   */
  public Interval interval(long seed, int resamples) {
    return scores.interval(i -> true, seed, resamples);
  }

  /**
   * The interval of one answer type; resamples without such a question do not count.
   *
   * @throws IllegalArgumentException if there is no such type
   */
  public Interval answerTypeInterval(String type, long seed, int resamples) {
    if (type.isEmpty() || !answerTypes.contains(type)) {
      throw new IllegalArgumentException(
          "no answer type " + type + " in " + byAnswerType().keySet());
    }
    return scores.interval(i -> answerTypes.get(i).equals(type), seed, resamples);
  }

  /**
   * The paired bootstrap of the overall accuracy between two systems on the same questions.
   *
   * @throws InputException if the two were scored on other questions or in another way
   */
  public static Comparison compare(VqaScores first, VqaScores second, long seed, int resamples) {
    if (!first.variants().equals(second.variants())) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Two systems can only be compared when scored in the same way, but one was scored with %s and the other with %s.",
              first.variants(),
              second.variants()));
    }
    return AnswerScores.compare(
        first.metric(), first.scores, second.scores, i -> true, seed, resamples);
  }

  @Override
  public String toString() {
    return metric() + " " + overall() + " on " + questions().size() + " questions, " + variants();
  }
}
