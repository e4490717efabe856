package io.lorgnette.curate;

/** Arithmetic of vectors. */
final class Vectors {

  private Vectors() {}

  /** The cosine of two vectors of length 1. */
  static float product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return (float) sum;
  }
}
