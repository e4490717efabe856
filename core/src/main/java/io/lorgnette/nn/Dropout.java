package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Drops values at random in training (Srivastava et al. 2014). The draws come from a stream of
 * their own, not from the process' one: parts of a batch that are worked on side by side draw the
 * same numbers whatever the others do. Belongs to one thread, but for {@link #NONE}.
 */
public final class Dropout implements AutoCloseable {

  /** Drops nothing: for everything but training. */
  public static final Dropout NONE = new Dropout(null);

  private final Generator generator; // null for none

  private Dropout(Generator generator) {
    this.generator = generator;
  }

  /** A stream that depends on the seed alone. */
  public static Dropout seeded(long seed) {
    Engine.start();
    return new Dropout(Scope.release(torch.make_generator_cpu(seed)));
  }

  /** Whether anything is dropped at all. */
  public boolean active() {
    return generator != null;
  }

  /**
   * Sets a share of the values to zero and divides the others by what is left.
   *
   * @param share of the values, 0 to below 1
   */
  public Tensor apply(Tensor x, double share) {
    if (generator == null || share == 0) {
      return x;
    }
    // Drawn on the CPU wherever x is: the same seed gives the same run on every device.
    Tensor mask = Tensors.empty(Dtype.F32, Device.CPU, Tensors.shape(x));
    mask.bernoulli_(1 - share, new GeneratorOptional(generator)).div_(new Scalar(1 - share));
    return x.mul(Tensors.to(mask, Tensors.dtype(x), Tensors.device(x)));
  }

  /** A number of the stream, for what else is random in training; 0 where nothing is dropped. */
  public long draw() {
    if (generator == null) {
      return 0;
    }
    Tensor drawn = Tensors.empty(Dtype.I64, Device.CPU, 1);
    return Tensors.toLongs(drawn.random_(new GeneratorOptional(generator)))[0];
  }

  @Override
  public void close() {
    if (generator != null) {
      generator.close();
    }
  }
}
