package io.lorgnette.image;

import java.io.IOException;

/** Run-length coded bitmaps of 8 or 4 bits: runs, literal stretches, jumps. */
final class BmpRuns {

  private final Bytes data;
  private final int width;
  private final int height;
  private final boolean nibbles;
  private final byte[] out;
  private int x;
  private int y;

  private BmpRuns(Bytes data, int width, int height, boolean nibbles) {
    this.data = data;
    this.width = width;
    this.height = height;
    this.nibbles = nibbles;
    out = new byte[width * height];
  }

  /** Palette indices {@code [H, W]} in the order of the file; what is jumped over is entry 0. */
  static byte[] decode(Bytes data, int width, int height, boolean nibbles) throws IOException {
    BmpRuns runs = new BmpRuns(data, width, height, nibbles);
    runs.read();
    return runs.out;
  }

  private void read() throws IOException {
    long at = 0;
    while (y < height) {
      int count = data.u8(at);
      int value = data.u8(at + 1);
      at += 2;
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          put(nibbles ? nibble(value, i) : value);
        }
        continue;
      }
      switch (value) {
        case 0 -> {
          x = 0;
          y++;
        }
        case 1 -> {
          return;
        }
        case 2 -> {
          x += data.u8(at);
          y += data.u8(at + 1);
          at += 2;
        }
        default -> {
          for (int i = 0; i < value; i++) {
            put(nibbles ? nibble(data.u8(at + i / 2), i) : data.u8(at + i));
          }
          // Literal stretches are padded to an even number of bytes.
          int bytes = nibbles ? (value + 1) / 2 : value;
          at += bytes + (bytes & 1);
        }
      }
    }
  }

  private static int nibble(int value, int index) {
    return (index & 1) == 0 ? value >> 4 : value & 15;
  }

  /** What reaches beyond the row is dropped. */
  private void put(int index) {
    if (x < width && y < height) {
      out[y * width + x] = (byte) index;
    }
    x++;
  }
}
