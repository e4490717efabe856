package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary positions (Su et al. 2021): pairs of dimensions turn by an angle that grows with the
 * position.
 *
 * <p>Tables of cosines and sines for every position are computed once; immutable and safe for use
 * by several threads.
 */
public final class Rotary implements AutoCloseable {

  /** Which two dimensions turn together. */
  public enum Pairing {
    /** i with i + d/2, as in LLaMA. */
    HALVES,
    /** 2i with 2i + 1, as in GPT-J. */
    NEIGHBOURS
  }

  /**
   * How LLaMA 3 stretches slow frequencies beyond the length it was first trained on.
   *
   * @param originalLength that length in tokens
   */
  public record Llama3Scaling(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalLength) {}

  /**
   * The description of rotary positions.
   *
   * @param dimensions of each head that turn, from the first; halves turn whole heads
   * @param theta base of the frequencies
   * @param scaling or null
   */
  public record Form(Pairing pairing, int dimensions, double theta, Llama3Scaling scaling) {

    /** LLaMA's form. */
    public static Form halves(int headWidth, double theta, Llama3Scaling scaling) {
      return new Form(Pairing.HALVES, headWidth, theta, scaling);
    }

    /**
     * Checks the form against heads.
     *
     * @throws IllegalArgumentException if it can not turn them
     */
    public void check(int headWidth) {
      if (dimensions < 2 || dimensions % 2 != 0 || dimensions > headWidth) {
        throw new IllegalArgumentException(
            dimensions + " rotary dimensions do not fit heads of width " + headWidth);
      }
      if (pairing == Pairing.HALVES && dimensions != headWidth) {
        throw new IllegalArgumentException("rotary positions in halves turn whole heads only");
      }
      if (!(theta > 0)) {
        throw new IllegalArgumentException("the rotary base must be above 0 but is " + theta);
      }
    }
  }

  private final Pairing pairing;
  private final Tensor cosines; // [positions, d]
  private final Tensor sines; // [positions, d]

  private Rotary(Pairing pairing, Tensor cosines, Tensor sines) {
    this.pairing = pairing;
    this.cosines = cosines;
    this.sines = sines;
  }

  /**
   * Computes the tables.
   *
   * @param headWidth d; dimensions that do not turn get the angle 0
   */
  public static Rotary of(Form form, int headWidth, int positions, Dtype dtype, Device device) {
    form.check(headWidth);
    double[] frequencies = frequencies(form.dimensions(), form.theta(), form.scaling());
    float[] cos = new float[Math.multiplyExact(positions, headWidth)];
    float[] sin = new float[cos.length];
    boolean halves = form.pairing() == Pairing.HALVES;
    Arrays.fill(cos, 1);
    for (int t = 0; t < positions; t++) {
      for (int i = 0; i < frequencies.length; i++) {
        // The reference multiplies in single precision before it takes the cosine.
        float angle = t * (float) frequencies[i];
        int at = t * headWidth + (halves ? i : 2 * i);
        int partner = halves ? at + frequencies.length : at + 1;
        cos[at] = (float) Math.cos(angle);
        cos[partner] = cos[at];
        // The sign of the pair's first dimension is folded into the table.
        sin[at] = -(float) Math.sin(angle);
        sin[partner] = -sin[at];
      }
    }
    try (Scope scope = Scope.open()) {
      return new Rotary(
          form.pairing(),
          Scope.release(table(cos, positions, headWidth, dtype, device)),
          Scope.release(table(sin, positions, headWidth, dtype, device)));
    }
  }

  private static Tensor table(float[] values, int rows, int columns, Dtype dtype, Device device) {
    return Tensors.to(Tensors.ofFloats(values, rows, columns), dtype, device);
  }

  /** Angles per position, one for each pair of dimensions. */
  static double[] frequencies(int dimensions, double theta, Llama3Scaling scaling) {
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double plain = 1 / Math.pow(theta, 2.0 * i / dimensions);
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

  /**
   * Turns queries or keys {@code [B, h, T, d]}.
   *
   * @param angles of their positions, from {@link #at}
   */
  public Tensor turn(Tensor x, Tensor[] angles) {
    Tensor partners = pairing == Pairing.HALVES ? swapHalves(x) : swapNeighbours(x);
    return x.mul(angles[0]).add(partners.mul(angles[1]));
  }

  private static Tensor swapHalves(Tensor x) {
    return torch.roll(x, new long[] {x.size(3) / 2}, new long[] {3});
  }

  private static Tensor swapNeighbours(Tensor x) {
    long[] shape = Tensors.shape(x);
    return x.reshape(shape[0], shape[1], shape[2], shape[3] / 2, 2).flip(4).reshape(shape);
  }

  @Override
  public void close() {
    cosines.close();
    sines.close();
  }
}
