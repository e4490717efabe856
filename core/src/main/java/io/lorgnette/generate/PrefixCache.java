package io.lorgnette.generate;

import io.lorgnette.nn.KvCache;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * Keys and values of prompts that were run, for prompts that begin alike: a system prompt, the
 * shots before a question, the turns of a conversation so far. The ones used longest ago are
 * dropped when there are too many bytes of them. Owns native memory; belongs to one thread.
 */
final class PrefixCache implements AutoCloseable {

  /**
   * A prompt that was run.
   *
   * @param marks see {@link Prompt#marks}
   * @param cache of one row, as many tokens
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(long[] marks, KvCache cache) {}

  /**
   * What is known of a prompt.
   *
   * @param cache of one row, borrowed until the next call; null with 0 tokens
   * @param tokens that it begins with
   */
  record Known(KvCache cache, int tokens) {}

  private final long capacity;
  private final Deque<Entry> entries = new ArrayDeque<>(); // the last used first
  private long bytes;

  /**
   * @param capacity bytes at most
   */
  PrefixCache(long capacity) {
    this.capacity = capacity;
  }

  /** Bytes held. */
  long bytes() {
    return bytes;
  }

  /** Whether so many bytes could be held at all. */
  boolean fits(long more) {
    return more <= capacity;
  }

  /** The longest beginning of a prompt that is known. */
  Known find(long[] marks) {
    Entry best = null;
    int most = 0;
    for (Entry entry : entries) {
      int same = Arrays.mismatch(entry.marks(), marks);
      int tokens = same < 0 ? marks.length : same;
      if (tokens > most) {
        most = tokens;
        best = entry;
      }
    }
    if (best != null) {
      entries.remove(best);
      entries.addFirst(best);
    }
    return new Known(best == null ? null : best.cache(), most);
  }

  /**
   * Takes over the cache of a prompt.
   *
   * @param cache of one row
   */
  void add(long[] marks, KvCache cache) {
    // What the new one begins with is found in it from now on.
    for (Iterator<Entry> all = entries.iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      int same = Arrays.mismatch(entry.marks(), marks);
      if (same < 0 || same == entry.marks().length) {
        drop(all, entry);
      }
    }
    entries.addFirst(new Entry(marks, cache));
    bytes += cache.bytes();
    for (Iterator<Entry> last = entries.descendingIterator(); bytes > capacity; ) {
      drop(last, last.next());
    }
  }

  private void drop(Iterator<Entry> at, Entry entry) {
    at.remove();
    bytes -= entry.cache().bytes();
    entry.cache().close();
  }

  @Override
  public void close() {
    entries.forEach(entry -> entry.cache().close());
    entries.clear();
    bytes = 0;
  }
}
