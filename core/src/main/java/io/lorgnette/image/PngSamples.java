package io.lorgnette.image;

import java.io.EOFException;
import java.util.Arrays;

/** Turns the samples of PNG rows, at their own depth, into 8-bit RGB and transparency. */
final class PngSamples {

  private final int width;
  private final int height;
  private final int depth;
  private final int channels;
  private final boolean indexed;
  private final byte[] rgb;
  private final byte[] alpha;

  /** RGBA of each palette entry; entries beyond the file's palette are opaque black. */
  private final int[] palette = new int[256];

  /** The colour that means transparent, at the file's depth; null where there is none. */
  private final int[] colourKey;

  PngSamples(int width, int height, int depth, int colourType, Bytes colours, Bytes transparency)
      throws EOFException {
    this.width = width;
    this.height = height;
    this.depth = depth;
    indexed = colourType == 3;
    channels =
        switch (colourType) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    boolean hasChannel = channels == 2 || channels == 4;
    colourKey = indexed || hasChannel || transparency == null ? null : new int[channels];
    if (colourKey != null) {
      for (int c = 0; c < channels; c++) {
        colourKey[c] = transparency.u16be(2L * c) & ((1 << depth) - 1);
      }
    }
    if (indexed) {
      fillPalette(colours, transparency);
    }
    rgb = new byte[3 * width * height];
    alpha = hasChannel || transparency != null ? new byte[width * height] : null;
  }

  private void fillPalette(Bytes colours, Bytes transparency) throws EOFException {
    Arrays.fill(palette, 0xFF);
    for (int i = 0; i < Math.min(256, colours.length() / 3); i++) {
      int a = transparency != null && i < transparency.length() ? transparency.u8(i) : 255;
      long at = 3L * i;
      palette[i] = colours.u8(at) << 24 | colours.u8(at + 1) << 16 | colours.u8(at + 2) << 8 | a;
    }
  }

  int channels() {
    return channels;
  }

  Decoded decoded() {
    return new Decoded(width, height, rgb, alpha);
  }

  /** Takes {@code columns} pixels that belong at x = left, left + stepX, ... of row y. */
  void put(byte[] row, int columns, int left, int y, int stepX) {
    int at = y * width + left;
    if (channels == 3 && depth == 8 && stepX == 1 && colourKey == null) {
      System.arraycopy(row, 0, rgb, 3 * at, 3 * columns);
      return;
    }
    int[] pixel = new int[channels];
    for (int i = 0; i < columns; i++) {
      for (int c = 0; c < channels; c++) {
        pixel[c] = sample(row, i * channels + c);
      }
      if (indexed) {
        int colour = palette[pixel[0]];
        set(at, colour >>> 24, colour >> 16, colour >> 8, colour);
      } else {
        int a = colourKey != null && Arrays.equals(pixel, colourKey) ? 0 : 255;
        switch (channels) {
          case 1 -> setGrey(at, depth == 16 ? Math.min(255, pixel[0]) : toByte(pixel[0]), a);
          case 2 -> setGrey(at, toByte(pixel[0]), toByte(pixel[1]));
          case 3 -> set(at, toByte(pixel[0]), toByte(pixel[1]), toByte(pixel[2]), a);
          default ->
              set(at, toByte(pixel[0]), toByte(pixel[1]), toByte(pixel[2]), toByte(pixel[3]));
        }
      }
      at += stepX;
    }
  }

  private int sample(byte[] row, int index) {
    int bit = index * depth;
    return switch (depth) {
      case 8 -> row[index] & 0xFF;
      case 16 -> ((row[2 * index] & 0xFF) << 8) | (row[2 * index + 1] & 0xFF);
      default -> (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    };
  }

  private int toByte(int sample) {
    return switch (depth) {
      case 8 -> sample;
      case 16 -> sample >> 8;
      default -> sample * 255 / ((1 << depth) - 1);
    };
  }

  private void setGrey(int at, int grey, int a) {
    set(at, grey, grey, grey, a);
  }

  private void set(int at, int red, int green, int blue, int a) {
    rgb[3 * at] = (byte) red;
    rgb[3 * at + 1] = (byte) green;
    rgb[3 * at + 2] = (byte) blue;
    if (alpha != null) {
      alpha[at] = (byte) a;
    }
  }
}
