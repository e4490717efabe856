package io.lorgnette.curate;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pairs of pictures of two sets whose vectors in some space have a large cosine: crops, mirrors and
 * other photos of the same thing, which a hash does not find. Every picture is compared with every
 * other, in blocks of matrix products. One set is held, the other one passes by; belongs to one
 * thread.
 */
public final class NearPictures implements AutoCloseable {

  /** More are no help to anybody. */
  private static final int MOST = 100_000;

  /** Cosines that are in memory at once. */
  private static final int BLOCK = 1 << 22;

  private final List<String> ids;
  private final double least;
  private final Tensor held; // [J, M]
  private final List<Pair> pairs = new ArrayList<>();

  /**
   * Two pictures that are near.
   *
   * @param first id in the set that passed by
   * @param second id in the set that is held
   */
  public record Pair(String first, String second, double cosine) {}

  /**
   * Holds a set.
   *
   * @param ids of M pictures
   * @param vectors {@code [M][J]}, of any length but 0
   * @param least cosine of a pair
   */
  public NearPictures(List<String> ids, float[][] vectors, double least) {
    this.ids = List.copyOf(ids);
    this.least = least;
    try (Scope scope = Scope.open()) {
      held = Scope.release(unit(vectors).t().contiguous());
    }
  }

  private static Tensor unit(float[][] vectors) {
    int width = vectors.length == 0 ? 0 : vectors[0].length;
    float[] flat = new float[Math.multiplyExact(vectors.length, width)];
    for (int i = 0; i < vectors.length; i++) {
      double squares = 0;
      for (float value : vectors[i]) {
        squares += (double) value * value;
      }
      double length = Math.sqrt(squares);
      for (int j = 0; j < width; j++) {
        flat[i * width + j] = (float) (vectors[i][j] / length);
      }
    }
    return Tensors.ofFloats(flat, vectors.length, width);
  }

  /**
   * Compares some pictures of the other set with all that are held.
   *
   * @param vectors {@code [n][J]}
   * @throws InputException if more than 100,000 pairs are near
   */
  public void add(List<String> others, float[][] vectors) {
    int rows = Math.max(1, BLOCK / Math.max(1, ids.size()));
    for (int from = 0; from < vectors.length; from += rows) {
      int to = Math.min(from + rows, vectors.length);
      float[][] some = Arrays.copyOfRange(vectors, from, to);
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        float[] cosines = Tensors.toFloats(torch.matmul(unit(some), held)); // [n, M]
        for (int i = 0; i < cosines.length; i++) {
          if (cosines[i] >= least) {
            add(others.get(from + i / ids.size()), ids.get(i % ids.size()), cosines[i]);
          }
        }
      }
    }
  }

  private void add(String first, String second, double cosine) {
    if (pairs.size() == MOST) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "more than %,d pairs of pictures have a cosine of at least %s; give a larger one",
              MOST,
              least));
    }
    pairs.add(new Pair(first, second, cosine));
  }

  /** The pairs found so far, nearest first. */
  public List<Pair> pairs() {
    return pairs.stream()
        .sorted(
            Comparator.comparingDouble((Pair pair) -> -pair.cosine())
                .thenComparing(Pair::first)
                .thenComparing(Pair::second))
        .toList();
  }

  @Override
  public void close() {
    held.close();
  }
}
