package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * Checks SentencePiece's precompiled map of characters: a double-array trie over UTF-8 bytes, whose
 * leaves point into a pool of replacements, each ended by a zero byte.
 *
 * <p>The native library follows its pointers without looking; a broken map would end the process.
 * So every place that some text can reach is visited here first.
 */
final class CharsMap {

  private final ByteBuffer units;
  private final int size;
  private final byte[] pool;

  private CharsMap(ByteBuffer units, byte[] pool) {
    this.units = units;
    this.size = units.capacity() / 4;
    this.pool = pool;
  }

  /**
   * Checks the map; an empty one is fine.
   *
   * @throws InputException when following it could leave it
   */
  static void check(byte[] map, String name) {
    if (map.length == 0) {
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
    int trieBytes = map.length < 8 ? -1 : in.getInt(0);
    boolean whole = trieBytes >= 4 && trieBytes % 4 == 0 && trieBytes <= map.length - 4;
    if (whole) {
      ByteBuffer units = in.slice(4, trieBytes).order(ByteOrder.LITTLE_ENDIAN);
      byte[] pool = new byte[map.length - 4 - trieBytes];
      in.get(4 + trieBytes, pool);
      whole = new CharsMap(units, pool).isSound();
    }
    if (!whole) {
      throw new InputException(
          name + ": its map of characters points outside itself; fetch the file again");
    }
  }

  private boolean isSound() {
    if (size < 256 || !isUtf8(pool)) {
      return false;
    }
    BitSet seen = new BitSet(size);
    Deque<Integer> open = new ArrayDeque<>();
    int root = offset(unit(0));
    if ((root | 0xFF) >= size) {
      return false;
    }
    seen.set(root);
    open.add(root);
    while (!open.isEmpty()) {
      int base = open.remove();
      for (int label = 1; label < 256; label++) {
        int at = base ^ label;
        int unit = unit(at);
        if ((unit & 0x8000_00FF) != label) {
          continue;
        }
        int next = at ^ offset(unit);
        // Whatever byte comes next, the library looks it up in this block of 256 units.
        if ((next | 0xFF) >= size) {
          return false;
        }
        boolean leaf = (unit >>> 8 & 1) == 1;
        if (leaf && !isText(unit(next) & 0x7FFF_FFFF)) {
          return false;
        }
        if (!seen.get(next)) {
          seen.set(next);
          open.add(next);
        }
      }
    }
    return true;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).hasArray();
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private int unit(int index) {
    return units.getInt(4 * index);
  }

  /** Where the children of a node lie, relative to it. */
  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 0x200) >>> 6);
  }

  /** Whether a replacement starts at a whole character of the pool. */
  private boolean isText(int start) {
    return start < pool.length && (pool[start] & 0xC0) != 0x80;
  }
}
