package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Exact-set accuracy on DAQUAR (Malinowski and Fritz 2014): an answer is right when it names the
 * same set of things as the annotator; and with WordNet at hand WUPS, which forgives what means
 * nearly the same. There is one annotator a question, so neither is VQA accuracy.
 *
 * <p>Scores are fractions. Immutable, thread-safe.
 */
public final class DaquarScores {

  /** The metric's name. */
  public static final String METRIC = "exact-set accuracy";

  /** The name of WUPS at its usual threshold. */
  public static final String WUPS = "WUPS@0.9";

  private final AnswerScores scores;
  private final Optional<AnswerScores> wups;

  private DaquarScores(AnswerScores scores, Optional<AnswerScores> wups) {
    this.scores = scores;
    this.wups = wups;
  }

  /**
   * Scores answers.
   *
   * @param answers the annotator's answers by question
   * @param results one answer by question, its things separated by commas
   * @param evaluated which questions count
   * @throws InputException if an evaluated question lacks an answer or a result
   */
  public static DaquarScores of(
      Map<String, DaquarAnswer> answers, Map<String, String> results, Evaluated evaluated) {
    return of(answers, results, evaluated, Optional.empty());
  }

  /**
   * Scores answers, with WUPS where WordNet's nouns are given.
   *
   * @param answers the annotator's answers by question
   * @param results one answer by question, its things separated by commas
   * @param evaluated which questions count
   * @throws InputException if an evaluated question lacks an answer or a result
   */
  public static DaquarScores of(
      Map<String, DaquarAnswer> answers,
      Map<String, String> results,
      Evaluated evaluated,
      Optional<WordNetNouns> nouns) {
    List<String> questions =
        evaluated.select(
            answers.keySet(), "the answers", results.keySet(), "The results", "question");
    List<DaquarAnswer> right = questions.stream().map(answers::get).toList();
    List<Set<String>> said =
        questions.stream().map(question -> DaquarAnswer.things(results.get(question))).toList();
    List<String> images = right.stream().map(DaquarAnswer::imageId).toList();
    return new DaquarScores(
        scores(questions, images, i -> said.get(i).equals(right.get(i).things()) ? 1 : 0),
        nouns
            .map(found -> new Wups(found, Wups.THRESHOLD))
            .map(w -> scores(questions, images, i -> w.score(said.get(i), right.get(i).things()))));
  }

  private static AnswerScores scores(
      List<String> questions, List<String> images, IntToDoubleFunction score) {
    double[] values = IntStream.range(0, questions.size()).parallel().mapToDouble(score).toArray();
    return new AnswerScores(questions, images, values);
  }

  /** The share of questions answered with exactly the right set. */
  public double overall() {
    return scores.mean(i -> true);
  }

  /** The evaluated questions in ascending order of their ids. */
  public List<String> questions() {
    return scores.questions();
  }

  /** How many images the evaluated questions are about. */
  public int images() {
    return scores.images();
  }

  /** 1 or 0 for each question, in the order of {@link #questions}. */
  public double[] perQuestion() {
    return scores.accuracies();
  }

  /** The 95 % bootstrap interval over images, each drawn with all its questions. */
  public Interval interval(long seed, int resamples) {
    return scores.interval(i -> true, seed, resamples);
  }

  /** Every score with its interval, by name: exact-set accuracy and, with WordNet, WUPS. */
  public Map<String, Interval> intervals(long seed, int resamples) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    intervals.put(METRIC, interval(seed, resamples));
    wups.ifPresent(w -> intervals.put(WUPS, w.interval(i -> true, seed, resamples)));
    return intervals;
  }

  /** WUPS of each question, in the order of {@link #questions}; empty without WordNet. */
  public Optional<double[]> wupsPerQuestion() {
    return wups.map(AnswerScores::accuracies);
  }

  /** What each image's questions add to {@link #overall}. */
  public ImageSums imageSums() {
    return scores.imageSums(METRIC);
  }

  /** What must be published with the scores. */
  public Map<String, String> variants() {
    return wups.isPresent()
        ? Map.of(WUPS, "sets, Wu-Palmer on WordNet's nouns as in NLTK, a tenth below 0.9")
        : Map.of();
  }

  /** The paired bootstrap between two systems on the same questions. */
  public static Comparison compare(
      DaquarScores first, DaquarScores second, long seed, int resamples) {
    return AnswerScores.compare(METRIC, first.scores, second.scores, i -> true, seed, resamples);
  }
}
