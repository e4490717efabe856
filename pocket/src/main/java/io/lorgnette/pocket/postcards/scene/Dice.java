package io.lorgnette.pocket.postcards.scene;

import java.util.ArrayList;
import java.util.List;

/**
 * The only source of chance in postcards: SplitMix64 (Steele, Lea, Flood 2014).
 *
 * <p>Its sequence is fixed by these few lines, not by a library's version, so a seed names the same
 * scene for ever. Not thread-safe; every scene and every figure has its own.
 */
public final class Dice {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  public Dice(long seed) {
    this.state = seed;
  }

  /** A seed of its own for part {@code index} of the domain {@code name}. */
  public static long seed(long seed, String name, long index) {
    long mixed = mix(seed + GOLDEN);
    for (int i = 0; i < name.length(); i++) {
      mixed = mix(mixed + GOLDEN * (name.charAt(i) + 1));
    }
    return mix(mixed + GOLDEN * (index + 1));
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  public long next() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  public double unit() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high). */
  public double between(double low, double high) {
    return low + (high - low) * unit();
  }

  /** Uniform in 0 .. bound - 1. */
  public int below(int bound) {
    return (int) (unit() * bound);
  }

  public boolean chance(double probability) {
    return unit() < probability;
  }

  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final <T> T pick(T... choices) {
    return choices[below(choices.length)];
  }

  /** A shuffled copy. */
  public <T> List<T> shuffled(List<T> items) {
    List<T> copy = new ArrayList<>(items);
    for (int i = copy.size() - 1; i > 0; i--) {
      int j = below(i + 1);
      T swap = copy.get(i);
      copy.set(i, copy.get(j));
      copy.set(j, swap);
    }
    return copy;
  }
}
