package io.lorgnette.explain;

import java.util.Arrays;

/**
 * The square that an encoder sees, cut into {@code side x side} regions, of which one is covered
 * with the photo's own mean colour.
 *
 * <p>Pixels are covered, not features: a convolution's or transformer's feature of one place knows
 * much of the places around it, so that taking it away would leave what it shows elsewhere. And it
 * works for encoders whose features are no places at all.
 *
 * @param size S, pixels along a side
 * @param side regions along a side
 */
record Regions(int size, int side) {

  int count() {
    return side * side;
  }

  /**
   * Copies of the pixels, in each of which a region is covered.
   *
   * @param pixels normalised, {@code [3, S, S]}
   * @param from the first region, row by row from the top left
   * @param to behind the last
   * @return {@code [to - from, 3, S, S]}
   */
  float[] covered(float[] pixels, int from, int to) {
    float[] mean = means(pixels);
    float[] all = new float[(to - from) * pixels.length];
    for (int region = from; region < to; region++) {
      int offset = (region - from) * pixels.length;
      System.arraycopy(pixels, 0, all, offset, pixels.length);
      int row = region / side;
      int column = region % side;
      for (int channel = 0; channel < 3; channel++) {
        for (int y = edge(row); y < edge(row + 1); y++) {
          int line = offset + (channel * size + y) * size;
          Arrays.fill(all, line + edge(column), line + edge(column + 1), mean[channel]);
        }
      }
    }
    return all;
  }

  /** The first pixel of a row or column of regions. */
  private int edge(int index) {
    return index * size / side;
  }

  private float[] means(float[] pixels) {
    float[] means = new float[3];
    int each = size * size;
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        sum += pixels[i];
      }
      means[channel] = (float) (sum / each);
    }
    return means;
  }
}
