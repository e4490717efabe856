package io.lorgnette.metrics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a system knows which questions have no answer in their image: VizWiz's second task
 * (Gurari et al. 2018). The questions without an answer are the positive ones.
 *
 * @param averagePrecision the mean of the precision at each recall, weighted by the rise in recall,
 *     as scikit-learn computes it; NaN without such a question
 * @param f1 of saying so with a confidence above one half; 0 where it never says so rightly
 */
public record Answerability(double averagePrecision, double f1) {

  /** The names of the two scores. */
  public static final String AVERAGE_PRECISION = "unanswerable, average precision";

  public static final String F1 = "unanswerable, F1";

  private static final String UNANSWERABLE = "unanswerable";

  /**
   * Scores confidences.
   *
   * @param answerable of each question, whether it has an answer
   * @param unanswerable of each question, the system's confidence that it has none, 0 to 1
   */
  public static Answerability of(List<Boolean> answerable, List<Double> unanswerable) {
    if (answerable.size() != unanswerable.size()) {
      throw new IllegalArgumentException(
          answerable.size() + " labels but " + unanswerable.size() + " confidences");
    }
    return new Answerability(
        averagePrecision(answerable, unanswerable), f1(answerable, unanswerable));
  }

  /** What an answer says: 1 when it is "unanswerable", after VizWiz's normalisation, else 0. */
  static double confidence(String answer) {
    String said = VqaNormalizer.VIZWIZ.normalize(VqaNormalizer.strip(answer));
    return said.equals(UNANSWERABLE) ? 1 : 0;
  }

  private static double averagePrecision(List<Boolean> answerable, List<Double> unanswerable) {
    long positives = answerable.stream().filter(a -> !a).count();
    List<Integer> order =
        IntStream.range(0, answerable.size())
            .boxed()
            .sorted(Comparator.comparing(unanswerable::get, Comparator.reverseOrder()))
            .toList();
    double sum = 0;
    long hits = 0;
    long counted = 0;
    for (int i = 0; i < order.size(); i++) {
      hits += answerable.get(order.get(i)) ? 0 : 1;
      // Equal confidences are taken together.
      boolean last =
          i + 1 == order.size()
              || !unanswerable.get(order.get(i + 1)).equals(unanswerable.get(order.get(i)));
      if (last) {
        sum += (hits - counted) * (hits / (i + 1.0));
        counted = hits;
      }
    }
    return sum / positives;
  }

  private static double f1(List<Boolean> answerable, List<Double> unanswerable) {
    int right = 0;
    int said = 0;
    int positives = 0;
    for (int i = 0; i < answerable.size(); i++) {
      boolean says = unanswerable.get(i) > 0.5;
      boolean is = !answerable.get(i);
      right += says && is ? 1 : 0;
      said += says ? 1 : 0;
      positives += is ? 1 : 0;
    }
    return right == 0 ? 0 : 2.0 * right / (said + positives);
  }
}
