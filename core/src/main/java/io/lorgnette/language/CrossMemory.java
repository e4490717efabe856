package io.lorgnette.language;

import io.lorgnette.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * What a decoder sees of the encoder's output: keys and values of every decoder layer, computed
 * once. Several sequences of the decoder (beams, captions of one image) share a row of it.
 *
 * <p>Belongs to the scope in which it was made unless {@linkplain #release released}; gradients
 * flow through it. Immutable.
 */
public final class CrossMemory implements AutoCloseable {

  private final Tensor[] keys; // each [B, h, S, d]
  private final Tensor[] values;
  private final Tensor allowed; // [B, 1, 1, S], BOOL, or null when all tokens are real

  CrossMemory(Tensor[] keys, Tensor[] values, Tensor allowed) {
    this.keys = keys;
    this.values = values;
    this.allowed = allowed;
  }

  /** Rows, one for each input of the encoder. */
  public long batch() {
    return keys[0].size(0);
  }

  Tensor keys(int layer) {
    return keys[layer];
  }

  Tensor values(int layer) {
    return values[layer];
  }

  /** True where a key is a real token, {@code [B, 1, 1, S]}; or null when all are. */
  Tensor allowed() {
    return allowed;
  }

  /** Takes this memory out of every scope: the caller owns it and closes it. */
  public CrossMemory release() {
    for (int i = 0; i < keys.length; i++) {
      Scope.release(keys[i]);
      Scope.release(values[i]);
    }
    if (allowed != null) {
      Scope.release(allowed);
    }
    return this;
  }

  /**
   * A memory whose i-th row is this one's {@code rows[i]}-th, which the caller owns. This one stays
   * as it is.
   *
   * @param rows {@code [B']}, I64
   */
  public CrossMemory select(Tensor rows) {
    try (Scope scope = Scope.open()) {
      Tensor[] newKeys = new Tensor[keys.length];
      Tensor[] newValues = new Tensor[keys.length];
      for (int i = 0; i < keys.length; i++) {
        newKeys[i] = keys[i].index_select(0, rows);
        newValues[i] = values[i].index_select(0, rows);
      }
      Tensor newAllowed = allowed == null ? null : allowed.index_select(0, rows);
      return new CrossMemory(newKeys, newValues, newAllowed).release();
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < keys.length; i++) {
      keys[i].close();
      values[i].close();
    }
    if (allowed != null) {
      allowed.close();
    }
  }
}
