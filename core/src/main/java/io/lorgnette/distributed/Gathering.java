package io.lorgnette.distributed;

import org.bytedeco.pytorch.Tensor;

/**
 * What processes that train one model together show each other of their batches, so that each has
 * the others' images and texts for negatives. All processes have batches of the same shapes ({@link
 * UnevenRows} for others).
 *
 * <p>Legend: B rows of this process, W of all processes, in their order.
 */
public interface Gathering {

  /** A process alone. */
  Gathering ALONE =
      new Gathering() {
        @Override
        public Tensor constant(Tensor own) {
          return own;
        }

        @Override
        public Tensor shared(Tensor own) {
          return own;
        }

        @Override
        public long first(long rows) {
          return 0;
        }
      };

  /** All rows, {@code [B, ...] -> [W, ...]}; others' rows get no gradient. */
  Tensor constant(Tensor own);

  /** All rows, {@code [B, ...] -> [W, ...]}; their gradients flow back to where they come from. */
  Tensor shared(Tensor own);

  /**
   * Which of the W rows is this process' first.
   *
   * @param rows B
   */
  long first(long rows);
}
