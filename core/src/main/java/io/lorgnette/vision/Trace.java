package io.lorgnette.vision;

import org.bytedeco.pytorch.Tensor;

/**
 * Sees the named intermediate tensors of one pass, in order: the first that differs from a
 * reference's is where the difference begins.
 */
@FunctionalInterface
public interface Trace {

  /** Sees nothing. */
  Trace NONE = (name, value) -> {};

  /**
   * Takes one stage's output.
   *
   * @param value valid during the call only; not to be changed
   */
  void stage(String name, Tensor value);
}
