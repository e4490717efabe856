package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The forms in which a GGUF file stores numbers: blocks of values with common scales. Each is
 * widened to F32 with the arithmetic of the reference, operation by operation, so the results are
 * equal; those that libtorch has are not widened.
 */
enum GgufFormat {
  F32(0, 1, 4, Dtype.F32),
  F16(1, 1, 2, Dtype.F16),
  Q4_0(2, 32, 18, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      float d = half(in);
      for (int shift = 0; shift <= 4; shift += 4) {
        for (int i = 0; i < 16; i++) {
          out.put(d * (((in.get(in.position() + i) >> shift) & 15) - 8));
        }
      }
      skip(in, 16);
    }
  },
  Q5_0(6, 32, 22, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      float d = half(in);
      int high = in.getInt();
      for (int i = 0; i < 32; i++) {
        int nibble = (in.get(in.position() + i % 16) >> (i / 16 * 4)) & 15;
        out.put(d * ((nibble | (((high >> i) & 1) << 4)) - 16));
      }
      skip(in, 16);
    }
  },
  Q8_0(8, 32, 34, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      float d = half(in);
      for (int i = 0; i < 32; i++) {
        out.put(in.get() * d);
      }
    }
  },
  Q4_K(12, 256, 144, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      float d = half(in);
      float min = half(in);
      int scales = in.position();
      int low = scales + 12;
      for (int i = 0; i < 256; i++) {
        int group = i / 32;
        int nibble = (in.get(low + group / 2 * 32 + i % 32) >> (group % 2 * 4)) & 15;
        out.put(d * scale(in, scales, group) * nibble - min * offset(in, scales, group));
      }
      in.position(low + 128);
    }
  },
  Q5_K(13, 256, 176, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      float d = half(in);
      float min = half(in);
      int scales = in.position();
      int high = scales + 12;
      int low = high + 32;
      for (int i = 0; i < 256; i++) {
        int group = i / 32;
        int nibble = (in.get(low + group / 2 * 32 + i % 32) >> (group % 2 * 4)) & 15;
        int value = nibble | (((in.get(high + i % 32) >> group) & 1) << 4);
        out.put(d * scale(in, scales, group) * value - min * offset(in, scales, group));
      }
      in.position(low + 128);
    }
  },
  Q6_K(14, 256, 210, null) {
    @Override
    void widen(ByteBuffer in, FloatBuffer out) {
      int low = in.position();
      int high = low + 128;
      int scales = high + 64;
      in.position(scales + 16);
      float d = half(in);
      for (int group = 0; group < 16; group++) {
        float scale = d * in.get(scales + group);
        for (int i = 0; i < 16; i++) {
          int at = group * 16 + i;
          int part = at / 128;
          int within = at % 128;
          int nibble = (in.get(low + part * 64 + within % 64) >> (within / 64 * 4)) & 15;
          int top = (in.get(high + part * 32 + within % 32) >> (within / 32 * 2)) & 3;
          out.put(scale * ((nibble | (top << 4)) - 32));
        }
      }
    }
  },
  BF16(30, 1, 2, Dtype.BF16);

  private final int code;
  private final int blockValues;
  private final int blockBytes;
  private final Dtype dtype;

  GgufFormat(int code, int blockValues, int blockBytes, Dtype dtype) {
    this.code = code;
    this.blockValues = blockValues;
    this.blockBytes = blockBytes;
    this.dtype = dtype;
  }

  /** The form of a number in the file, or null if it is not read here. */
  static GgufFormat of(int code) {
    for (GgufFormat format : values()) {
      if (format.code == code) {
        return format;
      }
    }
    return null;
  }

  /** Values that stand in one block; a row has whole blocks. */
  int blockValues() {
    return blockValues;
  }

  int blockBytes() {
    return blockBytes;
  }

  /** The number format in which tensors of this form are read. */
  Dtype dtype() {
    return dtype == null ? Dtype.F32 : dtype;
  }

  boolean quantized() {
    return dtype == null;
  }

  /** Widens one block: takes {@link #blockBytes} and puts {@link #blockValues}. */
  void widen(ByteBuffer in, FloatBuffer out) {
    throw new IllegalStateException(this + " is not quantized");
  }

  /** Of the K forms: eight scales and eight offsets of six bits in twelve bytes. */
  private static int scale(ByteBuffer in, int at, int group) {
    return group < 4
        ? in.get(at + group) & 63
        : (in.get(at + 4 + group) & 15) | ((in.get(at + group - 4) >> 2) & 48);
  }

  private static int offset(ByteBuffer in, int at, int group) {
    return group < 4
        ? in.get(at + 4 + group) & 63
        : ((in.get(at + 4 + group) >> 4) & 15) | ((in.get(at + group) >> 2) & 48);
  }

  private static void skip(ByteBuffer in, int count) {
    in.position(in.position() + count);
  }

  /** IEEE 754 binary16 to float; JDK 17 has no such method. */
  private static float half(ByteBuffer in) {
    short half = in.getShort();
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int bits = exponent == 31 ? 0x7F800000 : (exponent + 112) << 23;
    return Float.intBitsToFloat(sign | bits | (fraction << 13));
  }
}
