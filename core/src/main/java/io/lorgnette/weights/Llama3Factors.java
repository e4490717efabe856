package io.lorgnette.weights;

/**
 * LLaMA 3's scaling of rotary frequencies, found again from the factors that a converter worked out
 * of it.
 *
 * @param factor by which the slowest frequencies are divided
 * @param low turns within {@code positions} below which a frequency is slow
 * @param high turns above which it stays as it is
 * @param positions context before scaling
 */
record Llama3Factors(double factor, double low, double high, int positions) {

  private static final double TOLERANCE = 1e-4;

  /** The published settings; the factor is read off. */
  private static final int[] POSITIONS = {8192, 4096, 2048, 16384, 64, 32};

  /**
   * Looks for settings that give the factors.
   *
   * @param factors one for each pair of dimensions of a head
   * @return null if there are none
   */
  static Llama3Factors find(float[] factors, int headWidth, double theta) {
    if (factors.length != headWidth / 2) {
      return null;
    }
    double largest = 1;
    for (float factor : factors) {
      largest = Math.max(largest, factor);
    }
    for (int positions : POSITIONS) {
      Llama3Factors candidate = new Llama3Factors(largest, 1, 4, positions);
      if (candidate.gives(factors, headWidth, theta)) {
        return candidate;
      }
    }
    return null;
  }

  private boolean gives(float[] factors, int headWidth, double theta) {
    for (int i = 0; i < factors.length; i++) {
      double turns = positions / (2 * Math.PI * Math.pow(theta, 2.0 * i / headWidth));
      double expected;
      if (turns < low) {
        expected = factor;
      } else if (turns > high) {
        expected = 1;
      } else {
        double smooth = (turns - low) / (high - low);
        expected = 1 / ((1 - smooth) / factor + smooth);
      }
      if (Math.abs(expected - factors[i]) > TOLERANCE * expected) {
        return false;
      }
    }
    return true;
  }
}
