package io.lorgnette.vision;

import io.lorgnette.tensor.Scope;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The newest activation of one pass. Each step frees what it made on the way and the activation
 * before it, so that a deep network holds two at a time; with gradients on, the graph keeps what it
 * needs by itself.
 */
final class Chain implements AutoCloseable {

  private Tensor x;
  private boolean owned;

  /**
   * @param x the input, which stays the caller's
   */
  Chain(Tensor x) {
    this.x = x;
  }

  /** Goes one step on; the step returns a new tensor. */
  Chain step(UnaryOperator<Tensor> step) {
    Tensor y;
    try (Scope scope = Scope.open()) {
      y = Scope.release(step.apply(x));
    }
    close();
    x = y;
    owned = true;
    return this;
  }

  /** Shows the activation under a name. */
  Chain named(String name, Trace trace) {
    trace.stage(name, x);
    return this;
  }

  /** The activation, valid until the next step. */
  Tensor value() {
    return x;
  }

  @Override
  public void close() {
    if (owned) {
      x.close();
      owned = false;
    }
  }
}
