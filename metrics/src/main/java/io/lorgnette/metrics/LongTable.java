package io.lorgnette.metrics;

/**
 * A map from {@code long} to {@code int}, or a set of {@code long}, that takes little more than its
 * keys and values. Keys are never 0. Not thread-safe while it grows.
 */
final class LongTable {

  /** What {@link #get} gives for a key that is not there. */
  static final int NOTHING = -1;

  private static final int FIRST_SLOTS = 1 << 10;

  private long[] keys = new long[FIRST_SLOTS];
  private int[] values;
  private int size;

  private LongTable(int[] values) {
    this.values = values;
  }

  static LongTable map() {
    return new LongTable(new int[FIRST_SLOTS]);
  }

  static LongTable set() {
    return new LongTable(null);
  }

  int size() {
    return size;
  }

  boolean contains(long key) {
    return keys[slot(keys, key)] == key;
  }

  /** The value of a key of a map, or {@link #NOTHING}. */
  int get(long key) {
    int slot = slot(keys, key);
    return keys[slot] == key ? values[slot] : NOTHING;
  }

  /** Adds a key to a set. */
  void add(long key) {
    int slot = slot(keys, key);
    if (keys[slot] != key) {
      insert(slot, key, 0);
    }
  }

  /** The value that a key of a map has, or {@code value}, which it has now. */
  int putIfAbsent(long key, int value) {
    int slot = slot(keys, key);
    if (keys[slot] == key) {
      return values[slot];
    }
    insert(slot, key, value);
    return value;
  }

  private void insert(int slot, long key, int value) {
    keys[slot] = key;
    if (values != null) {
      values[slot] = value;
    }
    if (++size > keys.length / 4 * 3) {
      grow();
    }
  }

  private void grow() {
    long[] moreKeys = new long[2 * keys.length];
    int[] moreValues = values == null ? null : new int[2 * keys.length];
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        int slot = slot(moreKeys, keys[i]);
        moreKeys[slot] = keys[i];
        if (values != null) {
          moreValues[slot] = values[i];
        }
      }
    }
    keys = moreKeys;
    values = moreValues;
  }

  /** Where the key is or would be. */
  private static int slot(long[] keys, long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed ^ (mixed >>> 32)) & (keys.length - 1);
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }
}
