package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary positions (Su et al. 2021) in the half-split pairing of LLaMA: dimension i turns with
 * dimension i + d/2.
 *
 * <p>Tables of cosines and sines for every position are computed once; immutable and safe for use
 * by several threads.
 */
public final class Rotary implements AutoCloseable {

  /**
   * How LLaMA 3 stretches slow frequencies beyond the length it was first trained on.
   *
   * @param originalLength that length in tokens
   */
  public record Llama3Scaling(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalLength) {}

  private final Tensor cosines; // [positions, d]
  private final Tensor sines; // [positions, d]

  private Rotary(Tensor cosines, Tensor sines) {
    this.cosines = cosines;
    this.sines = sines;
  }

  /**
   * Computes the tables.
   *
   * @param headWidth d, even
   * @param scaling or null
   */
  public static Rotary of(
      int headWidth,
      int positions,
      double theta,
      Llama3Scaling scaling,
      Dtype dtype,
      Device device) {
    double[] frequencies = frequencies(headWidth, theta, scaling);
    float[] cos = new float[positions * headWidth];
    float[] sin = new float[positions * headWidth];
    int half = headWidth / 2;
    for (int t = 0; t < positions; t++) {
      for (int i = 0; i < half; i++) {
        // The reference multiplies in single precision before it takes the cosine.
        float angle = t * (float) frequencies[i];
        int at = t * headWidth + i;
        cos[at] = (float) Math.cos(angle);
        cos[at + half] = cos[at];
        // The sign of the rotated half is folded into the table.
        sin[at] = -(float) Math.sin(angle);
        sin[at + half] = -sin[at];
      }
    }
    try (Scope scope = Scope.open()) {
      return new Rotary(
          Scope.release(table(cos, positions, headWidth, dtype, device)),
          Scope.release(table(sin, positions, headWidth, dtype, device)));
    }
  }

  private static Tensor table(float[] values, int rows, int columns, Dtype dtype, Device device) {
    return Tensors.to(Tensors.ofFloats(values, rows, columns), dtype, device);
  }

  /** Angles per position, one for each pair of dimensions. */
  static double[] frequencies(int headWidth, double theta, Llama3Scaling scaling) {
    double[] frequencies = new double[headWidth / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double plain = 1 / Math.pow(theta, 2.0 * i / headWidth);
      frequencies[i] = scaling == null ? plain : stretched(plain, scaling);
    }
    return frequencies;
  }

  private static double stretched(double frequency, Llama3Scaling s) {
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < s.originalLength() / s.highFrequencyFactor()) {
      return frequency;
    }
    if (wavelength > s.originalLength() / s.lowFrequencyFactor()) {
      return frequency / s.factor();
    }
    double smooth =
        (s.originalLength() / wavelength - s.lowFrequencyFactor())
            / (s.highFrequencyFactor() - s.lowFrequencyFactor());
    return (1 - smooth) * frequency / s.factor() + smooth * frequency;
  }

  /**
   * Cosines and sines of consecutive positions, to be given to {@link #turn}.
   *
   * @return two tensors {@code [T, d]}
   */
  public Tensor[] at(long first, long count) {
    if (first + count > cosines.size(0)) {
      throw new IllegalArgumentException(
          "positions up to "
              + (first + count)
              + " exceed the model's "
              + cosines.size(0)
              + "; shorten the prompt or the answer");
    }
    return new Tensor[] {cosines.narrow(0, first, count), sines.narrow(0, first, count)};
  }

  /**
   * Cosines and sines of given positions.
   *
   * @param positions {@code [B, T]}
   * @return two tensors {@code [B, 1, T, d]}
   */
  public Tensor[] at(Tensor positions) {
    Tensor flat = positions.reshape(positions.numel());
    long[] shape = {positions.size(0), 1, positions.size(1), cosines.size(1)};
    return new Tensor[] {
      cosines.index_select(0, flat).view(shape), sines.index_select(0, flat).view(shape)
    };
  }

  /** Turns queries or keys {@code [B, h, T, d]}. */
  public static Tensor turn(Tensor x, Tensor[] angles) {
    long half = x.size(3) / 2;
    Tensor swapped = torch.roll(x, new long[] {half}, new long[] {3});
    return x.mul(angles[0]).add(swapped.mul(angles[1]));
  }

  @Override
  public void close() {
    cosines.close();
    sines.close();
  }
}
