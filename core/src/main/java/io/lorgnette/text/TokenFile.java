package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Unsigned 16-bit little-endian ids of one file, memory-mapped in pieces of 1 GiB. */
final class TokenFile {

  private static final int PIECE_BITS = 29;
  private static final long PIECE_TOKENS = 1L << PIECE_BITS;

  private final ShortBuffer[] pieces;
  private final long tokens;

  private TokenFile(ShortBuffer[] pieces, long tokens) {
    this.pieces = pieces;
    this.tokens = tokens;
  }

  static TokenFile map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long tokens = channel.size() / 2;
      ShortBuffer[] pieces = new ShortBuffer[(int) ((tokens + PIECE_TOKENS - 1) >> PIECE_BITS)];
      for (int i = 0; i < pieces.length; i++) {
        long start = i * PIECE_TOKENS;
        long length = Math.min(PIECE_TOKENS, tokens - start);
        pieces[i] =
            channel
                .map(FileChannel.MapMode.READ_ONLY, 2 * start, 2 * length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
      }
      return new TokenFile(pieces, tokens);
    } catch (IOException e) {
      throw new InputException(file + ": can not be mapped (" + e.getMessage() + ")", e);
    }
  }

  long tokens() {
    return tokens;
  }

  void copy(long start, int length, long[] out, int offset) {
    for (int i = 0; i < length; i++) {
      long at = start + i;
      short id = pieces[(int) (at >> PIECE_BITS)].get((int) (at & (PIECE_TOKENS - 1)));
      out[offset + i] = Short.toUnsignedLong(id);
    }
  }
}
