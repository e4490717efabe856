package io.lorgnette.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * Graphics Interchange Format (87a, 89a): the first frame, on a canvas of the file's screen size.
 *
 * <p>Where the frame leaves the canvas bare it shows the transparent entry or, without one, entry
 * 0, as in Pillow.
 */
final class GifFile implements ImageFile {

  private final Bytes file;
  private final int screenWidth;
  private final int screenHeight;
  private Bytes palette;
  private int transparent = -1;
  private int left;
  private int top;
  private int frameWidth;
  private int frameHeight;
  private boolean interlaced;
  private long data;

  private GifFile(Bytes file) throws IOException {
    this.file = file;
    screenWidth = file.u16le(6);
    screenHeight = file.u16le(8);
  }

  static GifFile open(Bytes file) throws IOException {
    GifFile gif = new GifFile(file);
    gif.readBlocks();
    return gif;
  }

  private void readBlocks() throws IOException {
    long at = 13L + readPalette(13, file.u8(10));
    while (true) {
      int introducer = file.u8(at++);
      if (introducer == 0x2C) {
        break;
      } else if (introducer == 0x21) {
        boolean graphicControl = file.u8(at++) == 0xF9;
        if (graphicControl && file.u8(at) >= 4 && (file.u8(at + 1) & 1) != 0) {
          transparent = file.u8(at + 4);
        }
        while (file.u8(at) != 0) {
          at += 1 + file.u8(at);
        }
        at++;
      } else if (introducer == 0x3B) {
        throw new IOException("it holds no frame");
      } else {
        throw new IOException("block " + Integer.toHexString(introducer) + " is unknown");
      }
    }
    left = file.u16le(at);
    top = file.u16le(at + 2);
    frameWidth = file.u16le(at + 4);
    frameHeight = file.u16le(at + 6);
    int flags = file.u8(at + 8);
    interlaced = (flags & 0x40) != 0;
    data = at + 9 + readPalette(at + 9, flags);
    if (width() < 1 || height() < 1 || frameWidth < 1 || frameHeight < 1) {
      throw new IOException("its header gives a size of " + width() + " x " + height());
    }
  }

  /** Takes the colour table that the flags announce; returns its length in bytes. */
  private int readPalette(long at, int flags) throws IOException {
    if ((flags & 0x80) == 0) {
      return 0;
    }
    int length = 3 << ((flags & 7) + 1);
    palette = file.slice(at, length);
    return length;
  }

  @Override
  public int width() {
    return Math.max(screenWidth, left + frameWidth);
  }

  @Override
  public int height() {
    return Math.max(screenHeight, top + frameHeight);
  }

  @Override
  public Decoded decode() throws IOException {
    byte[] frame = GifLzw.decode(file, data, frameWidth * frameHeight);
    byte[] canvas = new byte[width() * height()];
    Arrays.fill(canvas, (byte) Math.max(0, transparent));
    int row = 0;
    int[][] passes =
        interlaced ? new int[][] {{0, 8}, {4, 8}, {2, 4}, {1, 2}} : new int[][] {{0, 1}};
    for (int[] pass : passes) {
      for (int y = pass[0]; y < frameHeight; y += pass[1]) {
        System.arraycopy(frame, row++ * frameWidth, canvas, (top + y) * width() + left, frameWidth);
      }
    }
    return colour(canvas);
  }

  private Decoded colour(byte[] canvas) throws IOException {
    byte[] rgb = new byte[3 * canvas.length];
    byte[] alpha = transparent < 0 ? null : new byte[canvas.length];
    byte[] colours = new byte[768];
    if (palette == null) {
      for (int i = 0; i < 768; i++) {
        colours[i] = (byte) (i / 3);
      }
    } else {
      System.arraycopy(palette.array(), palette.start(), colours, 0, palette.length());
    }
    for (int i = 0; i < canvas.length; i++) {
      int index = canvas[i] & 0xFF;
      System.arraycopy(colours, 3 * index, rgb, 3 * i, 3);
      if (alpha != null) {
        alpha[i] = (byte) (index == transparent ? 0 : 255);
      }
    }
    return new Decoded(width(), height(), rgb, alpha);
  }
}
