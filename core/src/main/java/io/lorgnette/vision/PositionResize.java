package io.lorgnette.vision;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * How learned positions of one grid of patches become those of another: the ways of the published
 * encoders, each as PyTorch's {@code interpolate} computes it. All are separable, so a resize is
 * one matrix for the rows and one for the columns.
 */
public enum PositionResize {
  /** Bicubic with a = -0.75 over pixel centres: Hugging Face, EVA in BLIP-2. */
  BICUBIC,
  /** As {@link #BICUBIC} with the corners of both grids laid upon each other: LAVIS' CLIP. */
  BICUBIC_CORNERS,
  /** Bicubic with a = -0.5, widened where the grid shrinks: OpenCLIP. */
  BICUBIC_ANTIALIASED,
  /** Bilinear, widened where the grid shrinks: SigLIP 2. */
  BILINEAR_ANTIALIASED;

  /** The name in configurations, e.g. {@code bicubic-corners}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The way that a configuration calls {@code key}, or null if none has that name. */
  static PositionResize named(String key) {
    for (PositionResize way : values()) {
      if (way.key().equals(key)) {
        return way;
      }
    }
    return null;
  }

  /**
   * Resizes a grid; the same tensor where the sizes are equal.
   *
   * @param grid {@code [rows * columns, D]}, row by row
   * @return {@code [newRows * newColumns, D]} in the grid's format
   */
  public Tensor resize(Tensor grid, int rows, int columns, int newRows, int newColumns) {
    if (rows == newRows && columns == newColumns) {
      return grid;
    }
    long width = grid.size(1);
    Tensor wide = Tensors.to(grid, Dtype.F32).reshape(rows, columns * width);
    Tensor tall = torch.matmul(matrix(rows, newRows, grid), wide).view(newRows, columns, width);
    Tensor both = torch.matmul(matrix(columns, newColumns, grid), tall);
    return Tensors.to(both.reshape((long) newRows * newColumns, width), Tensors.dtype(grid));
  }

  private Tensor matrix(int in, int out, Tensor like) {
    float[] values = new float[in * out];
    for (int i = 0; i < out; i++) {
      double[] row = antialiased() ? widened(in, out, i) : plain(in, out, i);
      for (int j = 0; j < in; j++) {
        values[i * in + j] = (float) row[j];
      }
    }
    return Tensors.to(Tensors.ofFloats(values, out, in), Tensors.device(like));
  }

  private boolean antialiased() {
    return this == BICUBIC_ANTIALIASED || this == BILINEAR_ANTIALIASED;
  }

  /** Four neighbours, those outside counted to the margin. */
  private double[] plain(int in, int out, int i) {
    double at =
        this == BICUBIC_CORNERS
            ? i * (out > 1 ? (in - 1.0) / (out - 1) : 0)
            : (i + 0.5) * in / out - 0.5;
    int first = (int) Math.floor(at);
    double[] row = new double[in];
    for (int j = first - 1; j <= first + 2; j++) {
      row[Math.min(Math.max(j, 0), in - 1)] += cubic(at - j, -0.75);
    }
    return row;
  }

  /** All within the kernel's reach, those outside left out. */
  private double[] widened(int in, int out, int i) {
    double scale = Math.max(1, (double) in / out);
    double centre = (i + 0.5) * in / out - 0.5;
    double[] row = new double[in];
    double sum = 0;
    for (int j = 0; j < in; j++) {
      double x = (j - centre) / scale;
      row[j] = this == BILINEAR_ANTIALIASED ? Math.max(0, 1 - Math.abs(x)) : cubic(x, -0.5);
      sum += row[j];
    }
    for (int j = 0; j < in; j++) {
      row[j] /= sum;
    }
    return row;
  }

  /** Keys' cubic kernel (1981). */
  private static double cubic(double x, double a) {
    double d = Math.abs(x);
    if (d < 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
  }
}
