package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;

/**
 * Drops values at random in training (Srivastava et al. 2014). The draws come from a stream of
 * their own, not from the process' one: parts of a batch that are worked on side by side draw the
 * same numbers whatever the others do. Belongs to one thread, but for {@link #NONE}.
 *
 * <p>Masks are drawn here and not by libtorch, which takes a tenth of a training step of MAPL for
 * them: 16 bits a value are enough to decide.
 */
public final class Dropout {

  /** Drops nothing: for everything but training. */
  public static final Dropout NONE = new Dropout(null);

  private static final int BITS = 16;

  private final SplittableRandom random; // null for none

  private Dropout(SplittableRandom random) {
    this.random = random;
  }

  /** A stream that depends on the seed alone. */
  public static Dropout seeded(long seed) {
    return new Dropout(new SplittableRandom(seed));
  }

  /** Whether anything is dropped at all. */
  public boolean active() {
    return random != null;
  }

  /**
   * Sets a share of the values to zero and divides the others by what is left.
   *
   * @param share of the values, 0 to below 1, taken to the nearest 65,536th
   */
  public Tensor apply(Tensor x, double share) {
    int dropped = (int) Math.round(share * (1 << BITS)); // of all numbers that 16 bits can be
    if (random == null || dropped == 0) {
      return x;
    }
    // Drawn on the CPU wherever x is: the same seed gives the same run on every device.
    Dtype dtype = Tensors.dtype(x) == Dtype.BF16 ? Dtype.BF16 : Dtype.F32;
    Tensor mask = Tensors.empty(dtype, Device.CPU, Tensors.shape(x));
    ByteBuffer values = Tensors.bytes(mask);
    int kept = Float.floatToRawIntBits((float) (1 / (1 - share)));
    if (dtype == Dtype.BF16) {
      draw(values.asShortBuffer(), dropped, (short) ((kept + 0x8000) >>> 16)); // rounded
    } else {
      draw(values.asIntBuffer(), dropped, kept);
    }
    return x.mul(Tensors.to(mask, Tensors.dtype(x), Tensors.device(x)));
  }

  private void draw(ShortBuffer mask, int dropped, short kept) {
    long bits = 0;
    for (int i = 0; i < mask.limit(); i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> BITS;
      mask.put(i, (short) (kept & isKept(bits, dropped)));
    }
  }

  private void draw(IntBuffer mask, int dropped, int kept) {
    long bits = 0;
    for (int i = 0; i < mask.limit(); i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> BITS;
      mask.put(i, kept & isKept(bits, dropped));
    }
  }

  /** All ones where the lowest 16 bits are no less than what is dropped; without a branch. */
  private static int isKept(long bits, int dropped) {
    return ~(((int) (bits & 0xffff) - dropped) >> 31);
  }

  /** A number of the stream, for what else is random in training; 0 where nothing is dropped. */
  public long draw() {
    return random == null ? 0 : random.nextLong();
  }
}
