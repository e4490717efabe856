package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotary positions (Su et al. 2021): pairs of dimensions turn by an angle that grows with the
 * position.
 *
 * <p>Tables of cosines and sines are computed once, as far as positions have been asked for; safe
 * for use by several threads.
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

  /** Positions that are computed at first; a model of no more never waits for others. */
  private static final int FIRST = 4096;

  /** {@code [rows, d]} each. */
  private record Tables(Tensor cosines, Tensor sines) {

    long rows() {
      return cosines.size(0);
    }
  }

  private final Form form;
  private final int headWidth;
  private final int positions;
  private final Dtype dtype;
  private final Device device;
  private final List<Tables> all = new ArrayList<>(); // shorter ones may still be in use
  private volatile Tables tables;

  private Rotary(Form form, int headWidth, int positions, Dtype dtype, Device device) {
    this.form = form;
    this.headWidth = headWidth;
    this.positions = positions;
    this.dtype = dtype;
    this.device = device;
    grow(Math.min(positions, FIRST));
  }

  /**
   * The rotary positions of a model.
   *
   * @param headWidth d; dimensions that do not turn get the angle 0
   * @param positions of the model at most
   */
  public static Rotary of(Form form, int headWidth, int positions, Dtype dtype, Device device) {
    form.check(headWidth);
    return new Rotary(form, headWidth, positions, dtype, device);
  }

  /** Tables of at least so many positions. */
  private Tables upTo(long count) {
    if (count > positions) {
      throw new IllegalArgumentException(
          "positions up to "
              + count
              + " exceed the model's "
              + positions
              + "; shorten the prompt or the answer");
    }
    return count <= tables.rows() ? tables : grow(count);
  }

  private synchronized Tables grow(long count) {
    if (tables == null || count > tables.rows()) {
      // Twice as many each time, so that a long answer costs a few computations.
      long rows = tables == null ? count : Math.max(count, 2 * tables.rows());
      tables = compute((int) Math.min(rows, positions));
      all.add(tables);
    }
    return tables;
  }

  /** How many positions are computed by now. */
  long computed() {
    return tables.rows();
  }

  private Tables compute(int rows) {
    double[] frequencies = frequencies(form.dimensions(), form.theta(), form.scaling());
    float[] cos = new float[Math.multiplyExact(rows, headWidth)];
    float[] sin = new float[cos.length];
    boolean halves = form.pairing() == Pairing.HALVES;
    Arrays.fill(cos, 1);
    for (int t = 0; t < rows; t++) {
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
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return new Tables(
          Scope.release(table(cos, rows, headWidth, dtype, device)),
          Scope.release(table(sin, rows, headWidth, dtype, device)));
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
    Tables enough = upTo(first + count);
    return new Tensor[] {
      enough.cosines().narrow(0, first, count), enough.sines().narrow(0, first, count)
    };
  }

  /**
   * Cosines and sines of given positions.
   *
   * @param positions {@code [B, T]}
   * @return two tensors {@code [B, 1, T, d]}
   */
  public Tensor[] at(Tensor positions) {
    Tensor flat = positions.reshape(positions.numel());
    // Asking a device for the highest one waits for it, so it is asked only where it matters.
    Tables enough =
        tables.rows() == this.positions ? tables : upTo((long) Tensors.value(flat.max()) + 1);
    long[] shape = {positions.size(0), 1, positions.size(1), headWidth};
    return new Tensor[] {
      enough.cosines().index_select(0, flat).view(shape),
      enough.sines().index_select(0, flat).view(shape)
    };
  }

  /**
   * Turns queries or keys {@code [B, h, T, d]}.
   *
   * @param angles of their positions, from {@link #at}
   */
  public Tensor turn(Tensor x, Tensor[] angles) {
    Tensor partners = form.pairing() == Pairing.HALVES ? swapHalves(x) : swapNeighbours(x);
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
    for (Tables each : all) {
      each.cosines().close();
      each.sines().close();
    }
  }
}
