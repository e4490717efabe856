package io.lorgnette.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Number formats of tensors, with their names in safetensors files.
 *
 * @since 0.1
 */
public enum Dtype {
  F64(ScalarType.Double, 8),
  F32(ScalarType.Float, 4),
  F16(ScalarType.Half, 2),
  BF16(ScalarType.BFloat16, 2),
  I64(ScalarType.Long, 8),
  I32(ScalarType.Int, 4),
  I16(ScalarType.Short, 2),
  I8(ScalarType.Char, 1),
  U8(ScalarType.Byte, 1),
  BOOL(ScalarType.Bool, 1);

  private final torch.ScalarType scalarType;
  private final int bytes;

  Dtype(torch.ScalarType scalarType, int bytes) {
    this.scalarType = scalarType;
    this.bytes = bytes;
  }

  /** The native constant. */
  public torch.ScalarType scalarType() {
    return scalarType;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The name used in safetensors headers, e.g. {@code BF16}. */
  public String safetensorsName() {
    return name();
  }

  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /**
   * @throws IllegalArgumentException if the native format is none of these
   */
  static Dtype of(torch.ScalarType type) {
    for (Dtype dtype : values()) {
      if (dtype.scalarType.value == type.value) {
        return dtype;
      }
    }
    throw new IllegalArgumentException("unsupported native number format " + type);
  }
}
