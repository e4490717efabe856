package io.lorgnette.image;

import java.io.EOFException;
import java.io.IOException;

/** The variable-length LZW codes of GIF, in sub-blocks of up to 255 bytes. */
final class GifLzw {

  private static final int MAX_CODES = 4096;

  private final Bytes file;
  private long at;
  private int blockLeft;
  private int bits;
  private int bitCount;

  private GifLzw(Bytes file, long at) {
    this.file = file;
    this.at = at;
  }

  /**
   * Decodes one frame.
   *
   * @param at position of the minimum code size, before the first sub-block
   * @param pixels how many palette indices to give
   */
  static byte[] decode(Bytes file, long at, int pixels) throws IOException {
    int minimumSize = file.u8(at);
    if (minimumSize < 1 || minimumSize > 8) {
      throw new IOException("its code size " + minimumSize + " is not between 1 and 8");
    }
    return new GifLzw(file, at + 1).read(minimumSize, pixels);
  }

  private byte[] read(int minimumSize, int pixels) throws IOException {
    byte[] out = new byte[pixels];
    // A code stands for the previous code's string and the first byte of the one after it. The two
    // follow each other in the output, so a start and a length there are the whole table entry.
    int[] start = new int[MAX_CODES];
    int[] length = new int[MAX_CODES];
    int clear = 1 << minimumSize;
    int size = minimumSize + 1;
    int next = clear + 2;
    int previousStart = -1;
    int filled = 0;
    while (filled < pixels) {
      int code = nextCode(size);
      if (code == clear) {
        size = minimumSize + 1;
        next = clear + 2;
        previousStart = -1;
        continue;
      }
      if (code == clear + 1) {
        throw new EOFException("the frame ends after " + filled + " of " + pixels + " pixels");
      }
      if (previousStart >= 0 && next < MAX_CODES) {
        start[next] = previousStart;
        length[next] = filled - previousStart + 1;
        next++;
        if (next == 1 << size && size < 12) {
          size++;
        }
      }
      if (code >= next) {
        throw new IOException("its compressed data is broken");
      }
      previousStart = filled;
      if (code < clear) {
        out[filled++] = (byte) code;
      } else {
        // Byte by byte: the string may reach into what is being written.
        for (int i = 0; i < length[code] && filled < pixels; i++) {
          out[filled++] = out[start[code] + i];
        }
      }
    }
    return out;
  }

  /** The next code of {@code size} bits. */
  private int nextCode(int size) throws IOException {
    while (bitCount < size) {
      if (blockLeft == 0) {
        blockLeft = file.u8(at++);
        if (blockLeft == 0) {
          throw new EOFException("the frame's data ends too soon");
        }
      }
      bits |= file.u8(at++) << bitCount;
      bitCount += 8;
      blockLeft--;
    }
    int code = bits & ((1 << size) - 1);
    bits >>>= size;
    bitCount -= size;
    return code;
  }
}
