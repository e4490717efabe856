package io.lorgnette.nn;

/**
 * Random numbers that are the same on every machine and with every version of libtorch: SplitMix64
 * (Steele, Lea and Flood 2014) with 53 bits for a double, and the Box-Muller transform in strict
 * arithmetic. Not safe for use by several threads.
 */
public final class Draws {

  private long state;

  public Draws(long seed) {
    state = seed;
  }

  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform from 0 to below 1. */
  public double next() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Uniform from {@code -bound} to {@code bound}. */
  public float[] uniform(int count, double bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * next() - 1) * bound);
    }
    return values;
  }

  /** Normal with mean 0 and deviation 1; two draws for each value. */
  public float[] normal(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - next()));
      values[i] = (float) (radius * StrictMath.cos(2 * StrictMath.PI * next()));
    }
    return values;
  }
}
