package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Exact-set accuracy on DAQUAR (Malinowski and Fritz 2014): an answer is right when it names the
 * same set of things as the annotator. There is one annotator a question, so this is not VQA
 * accuracy.
 *
 * <p>Scores are fractions. Immutable, thread-safe.
 */
public final class DaquarScores {

  /** The metric's name. */
  public static final String METRIC = "exact-set accuracy";

  private final AnswerScores scores;

  private DaquarScores(AnswerScores scores) {
    this.scores = scores;
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
    List<String> questions =
        evaluated.select(
            answers.keySet(), "the answers", results.keySet(), "The results", "question");
    List<DaquarAnswer> right = questions.stream().map(answers::get).toList();
    double[] accuracies =
        IntStream.range(0, questions.size())
            .mapToDouble(
                i -> {
                  String result = results.get(questions.get(i));
                  return DaquarAnswer.things(result).equals(right.get(i).things()) ? 1 : 0;
                })
            .toArray();
    List<String> images = right.stream().map(DaquarAnswer::imageId).toList();
    return new DaquarScores(new AnswerScores(questions, images, accuracies));
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

  /** The paired bootstrap between two systems on the same questions. */
  public static Comparison compare(
      DaquarScores first, DaquarScores second, long seed, int resamples) {
    return AnswerScores.compare(METRIC, first.scores, second.scores, i -> true, seed, resamples);
  }
}
