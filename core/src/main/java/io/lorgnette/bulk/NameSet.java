package io.lorgnette.bulk;

import io.lorgnette.weights.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Names that were there before, by 128 bits of their SHA-256 each: a million of them take some 32
 * MB, whatever their length. Safe for several threads.
 */
public final class NameSet {

  private final MessageDigest digest = Sha256.digest();
  private long[] slots = new long[2 * 1024]; // pairs; two zeros for an empty one
  private int size;

  /** Adds a name; false if it was there. */
  public synchronized boolean add(String name) {
    if (4 * (size + 1) > slots.length) {
      grow();
    }
    ByteBuffer hash = hash(name);
    boolean added = put(slots, hash.getLong(0), hash.getLong(8));
    size += added ? 1 : 0;
    return added;
  }

  /** Whether a name was added. */
  public synchronized boolean contains(String name) {
    ByteBuffer hash = hash(name);
    int at = slot(slots, hash.getLong(0), hash.getLong(8));
    return slots[at] != 0 || slots[at + 1] != 0;
  }

  /** How many names were added. */
  public synchronized int size() {
    return size;
  }

  private ByteBuffer hash(String name) {
    return ByteBuffer.wrap(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
  }

  private void grow() {
    long[] larger = new long[2 * slots.length];
    for (int i = 0; i < slots.length; i += 2) {
      if (slots[i] != 0 || slots[i + 1] != 0) {
        put(larger, slots[i], slots[i + 1]);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long high, long low) {
    int at = slot(slots, high, low);
    boolean empty = slots[at] == 0 && slots[at + 1] == 0;
    slots[at] = high;
    slots[at + 1] = low;
    return empty;
  }

  /** Where the hash is, or the empty place where it belongs. */
  private static int slot(long[] slots, long high, long low) {
    int mask = slots.length - 1;
    int at = (int) low << 1 & mask;
    while ((slots[at] != high || slots[at + 1] != low) && (slots[at] != 0 || slots[at + 1] != 0)) {
      at = at + 2 & mask;
    }
    return at;
  }
}
