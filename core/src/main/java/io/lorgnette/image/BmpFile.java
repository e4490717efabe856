package io.lorgnette.image;

import java.io.IOException;

/**
 * Windows and OS/2 bitmaps: 1, 4 and 8 bits with a palette, plain or run-length coded; 16, 24 and
 * 32 bits with usual or own channel masks; rows from the bottom or from the top.
 */
final class BmpFile implements ImageFile {

  private static final int PLAIN = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int MASKS = 3;
  private static final int MASKS_WITH_ALPHA = 6;

  private final Bytes file;
  private final int width;
  private final int height;
  private final boolean fromTop;
  private final int depth;
  private final int compression;
  private final int[] palette = new int[256];
  private final long[] masks = new long[4];

  private BmpFile(Bytes file) throws IOException {
    this.file = file;
    int headerLength = (int) file.u32le(14);
    boolean os2 = headerLength == 12;
    if (!os2 && headerLength < 40) {
      throw new IOException("its header of " + headerLength + " bytes is unknown");
    }
    long wide = os2 ? file.u16le(18) : file.i32le(18);
    long high = os2 ? file.u16le(20) : file.i32le(22);
    fromTop = high < 0;
    depth = file.u16le(os2 ? 24 : 28);
    compression = os2 ? PLAIN : file.i32le(30);
    if (wide < 1 || high == 0 || Math.abs(high) > Integer.MAX_VALUE) {
      throw new IOException("its header gives a size of " + wide + " x " + high);
    }
    width = (int) wide;
    height = (int) Math.abs(high);
    boolean known =
        switch (depth) {
          case 1 -> compression == PLAIN;
          case 4 -> compression == PLAIN || compression == RLE4;
          case 8 -> compression == PLAIN || compression == RLE8;
          case 16, 32 ->
              compression == PLAIN || compression == MASKS || compression == MASKS_WITH_ALPHA;
          case 24 -> compression == PLAIN;
          default -> false;
        };
    if (!known) {
      throw new IOException(
          "its coding (" + depth + " bits, compression " + compression + ") is not known");
    }
    if (depth <= 8) {
      readPalette(14 + headerLength, os2 ? 3 : 4, os2 ? 0 : file.u32le(46));
    } else {
      readMasks(headerLength);
    }
  }

  static BmpFile open(Bytes file) throws IOException {
    return new BmpFile(file);
  }

  private void readPalette(long at, int entryLength, long colours) throws IOException {
    long count = colours == 0 || colours > 1 << depth ? 1 << depth : colours;
    for (int i = 0; i < count; i++) {
      long entry = at + (long) i * entryLength;
      palette[i] = file.u8(entry + 2) << 16 | file.u8(entry + 1) << 8 | file.u8(entry);
    }
  }

  private void readMasks(int headerLength) throws IOException {
    if (compression == PLAIN) {
      masks[0] = depth == 16 ? 0x7C00 : 0xFF0000;
      masks[1] = depth == 16 ? 0x03E0 : 0x00FF00;
      masks[2] = depth == 16 ? 0x001F : 0x0000FF;
      return;
    }
    // The masks follow the first 40 bytes of the header, whether they belong to it or not.
    boolean hasAlpha = headerLength >= 56 || compression == MASKS_WITH_ALPHA;
    for (int c = 0; c < (hasAlpha ? 4 : 3); c++) {
      masks[c] = file.u32le(54 + 4 * c);
    }
    if (masks[0] == 0 || masks[1] == 0 || masks[2] == 0) {
      throw new IOException("its channel masks are empty");
    }
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Decoded decode() throws IOException {
    Bytes data = pixelData();
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = masks[3] == 0 ? null : new byte[width * height];
    long rowBytes = ((long) width * depth + 31) / 32 * 4;
    if (compression == RLE8 || compression == RLE4) {
      byte[] indices = BmpRuns.decode(data, width, height, compression == RLE4);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          put(rgb, row(y) + x, palette[indices[y * width + x] & 0xFF]);
        }
      }
      return new Decoded(width, height, rgb, null);
    }
    for (int y = 0; y < height; y++) {
      // The last row may lack its padding.
      Bytes row = data.slice(y * rowBytes, ((long) width * depth + 7) / 8);
      int at = row(y);
      for (int x = 0; x < width; x++, at++) {
        switch (depth) {
          case 24 -> {
            rgb[3 * at] = (byte) row.u8(3L * x + 2);
            rgb[3 * at + 1] = (byte) row.u8(3L * x + 1);
            rgb[3 * at + 2] = (byte) row.u8(3L * x);
          }
          case 16, 32 -> {
            long pixel = depth == 16 ? row.u16le(2L * x) : row.u32le(4L * x);
            for (int c = 0; c < 3; c++) {
              rgb[3 * at + c] = channel(pixel, masks[c]);
            }
            if (alpha != null) {
              alpha[at] = channel(pixel, masks[3]);
            }
          }
          default -> {
            long bit = (long) x * depth;
            int index = (row.u8(bit >> 3) >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
            put(rgb, at, palette[index]);
          }
        }
      }
    }
    return new Decoded(width, height, rgb, alpha);
  }

  private Bytes pixelData() throws IOException {
    long offset = file.u32le(10);
    return file.slice(offset, file.length() - offset);
  }

  /** Index of the first pixel of the y-th row of the file. */
  private int row(int y) {
    return (fromTop ? y : height - 1 - y) * width;
  }

  private static void put(byte[] rgb, int at, int colour) {
    rgb[3 * at] = (byte) (colour >> 16);
    rgb[3 * at + 1] = (byte) (colour >> 8);
    rgb[3 * at + 2] = (byte) colour;
  }

  /** The bits under the mask, stretched to 0..255. */
  private static byte channel(long pixel, long mask) {
    int shift = Long.numberOfTrailingZeros(mask);
    return (byte) (((pixel & mask) >> shift) * 255 / (mask >> shift));
  }
}
