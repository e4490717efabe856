package io.lorgnette.generate;

import io.lorgnette.generate.GenerationConfig.Sampling;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws a token: temperature, then the k most probable, then the smallest set that reaches the
 * probability p (Holtzman et al. 2020). Belongs to one generation, for it reuses its memory.
 */
final class Sampler {

  private final Sampling sampling;
  private final double[] weights; // [V]: probabilities up to a factor, 0 where not eligible
  private final long[] order; // [V]: sortable pairs of weight and token

  Sampler(Sampling sampling, int vocabulary) {
    this.sampling = sampling;
    this.weights = new double[vocabulary];
    this.order = new long[vocabulary];
  }

  /**
   * Draws one token.
   *
   * @param scores one row of V values begins at {@code offset}
   */
  int draw(float[] scores, int offset, SplittableRandom random) {
    double sum = weigh(scores, offset);
    double left = random.nextDouble() * sum;
    int last = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) {
        last = id;
        left -= weights[id];
        if (left < 0) {
          return id;
        }
      }
    }
    return last; // rounding left a crumb
  }

  /** The probability of each token in the next draw, {@code [V]}. */
  double[] probabilities(float[] scores, int offset) {
    double sum = weigh(scores, offset);
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private double weigh(float[] scores, int offset) {
    float best = scores[offset];
    for (int id = 1; id < weights.length; id++) {
      best = Math.max(best, scores[offset + id]);
    }
    float least = sampling.topK() > 0 ? kthBest(scores, offset) : Float.NEGATIVE_INFINITY;
    double sum = 0;
    for (int id = 0; id < weights.length; id++) {
      float score = scores[offset + id];
      // Tokens that equal the k-th stay, as in the reference.
      weights[id] = score < least ? 0 : Math.exp((score - best) / sampling.temperature());
      sum += weights[id];
    }
    return sampling.topP() < 1 ? keepNucleus(sum) : sum;
  }

  private float kthBest(float[] scores, int offset) {
    int k = Math.min(sampling.topK(), weights.length);
    float[] heap = new float[k]; // the least of the best so far on top
    Arrays.fill(heap, Float.NEGATIVE_INFINITY);
    for (int id = 0; id < weights.length; id++) {
      float score = scores[offset + id];
      if (score > heap[0]) {
        sink(heap, score);
      }
    }
    return heap[0];
  }

  /** Replaces the top of the heap. */
  private static void sink(float[] heap, float score) {
    int at = 0;
    while (2 * at + 1 < heap.length) {
      int child = 2 * at + 1;
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= score) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = score;
  }

  /** Sets the weights outside the nucleus to 0 and returns the sum of the others. */
  private double keepNucleus(double sum) {
    double target = sampling.topP() * sum;
    // Tokens below this weight can not be needed: all of them together stay under 1 - p.
    double least = (sum - target) / weights.length;
    int n = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] >= least && weights[id] > 0) {
        // Weights are positive, so that their bits sort like them; low ids come first among equals.
        long bits = Float.floatToIntBits((float) weights[id]);
        order[n++] = -(bits << 32) + id;
      }
    }
    Arrays.sort(order, 0, n);
    double kept = 0;
    int count = 0;
    while (count < n && (count == 0 || kept < target)) {
      kept += weights[(int) order[count++]];
    }
    boolean[] nucleus = new boolean[weights.length];
    for (int i = 0; i < count; i++) {
      nucleus[(int) order[i]] = true;
    }
    for (int id = 0; id < weights.length; id++) {
      weights[id] = nucleus[id] ? weights[id] : 0;
    }
    return kept;
  }
}
