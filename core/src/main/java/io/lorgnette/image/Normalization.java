package io.lorgnette.image;

import java.util.Arrays;

/**
 * From bytes to what the encoder was trained on: {@code (value * scale - mean) / std} for each
 * channel, product and differences rounded to float as in the reference implementation.
 *
 * <p>Immutable and thread-safe.
 */
public final class Normalization {

  /** 1/255: bytes to 0..1. */
  public static final double UNIT_SCALE = 1 / 255.0;

  /** Of OpenAI's CLIP; also used by BLIP, BLIP-2 and LLaVA. */
  public static final Normalization CLIP =
      new Normalization(
          UNIT_SCALE,
          new double[] {0.48145466, 0.4578275, 0.40821073},
          new double[] {0.26862954, 0.26130258, 0.27577711});

  /** Of the ImageNet training set; used by most image classifiers. */
  public static final Normalization IMAGENET =
      new Normalization(
          UNIT_SCALE, new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});

  /** To -1..1; used by SigLIP, ViT and weights converted from TensorFlow. */
  public static final Normalization HALF =
      new Normalization(UNIT_SCALE, new double[] {0.5, 0.5, 0.5}, new double[] {0.5, 0.5, 0.5});

  private final double scale;
  private final double[] mean;
  private final double[] std;

  /** The result for each channel and byte: there are only 768. */
  private final float[] table = new float[3 * 256];

  /**
   * A normalisation of its own.
   *
   * @param scale factor for the bytes
   * @param mean of red, green and blue, after scaling
   * @param std of red, green and blue, after scaling; positive
   */
  public Normalization(double scale, double[] mean, double[] std) {
    if (mean.length != 3 || std.length != 3 || !(scale > 0)) {
      throw new IllegalArgumentException("needs a positive scale, three means and three stds");
    }
    this.scale = scale;
    this.mean = mean.clone();
    this.std = std.clone();
    for (int c = 0; c < 3; c++) {
      if (!(std[c] > 0) || !Double.isFinite(mean[c]) || !Double.isFinite(std[c])) {
        throw new IllegalArgumentException("std must be positive and all values finite");
      }
      for (int v = 0; v < 256; v++) {
        table[256 * c + v] = ((float) (v * scale) - (float) mean[c]) / (float) std[c];
      }
    }
  }

  double[] mean() {
    return mean.clone();
  }

  double[] std() {
    return std.clone();
  }

  /** Mean colour as bytes, rounded down: red, green, blue. LLaVA pads with it. */
  int[] meanColour() {
    return Arrays.stream(mean).mapToInt(m -> (int) (m * 255)).toArray();
  }

  /** Interleaved bytes to planar floats {@code [3, H, W]} at {@code out[offset..]}. */
  public void apply(RgbImage image, float[] out, int offset) {
    byte[] rgb = image.rgb();
    int pixels = rgb.length / 3;
    for (int c = 0; c < 3; c++) {
      int row = 256 * c;
      int to = offset + c * pixels;
      int from = c;
      for (int i = 0; i < pixels; i++) {
        out[to + i] = table[row + (rgb[from] & 0xFF)];
        from += 3;
      }
    }
  }

  /** All settings as a stable string. */
  public String identity() {
    String all =
        "scale(" + scale + "),mean" + Arrays.toString(mean) + ",std" + Arrays.toString(std);
    return all.replace(" ", "");
  }

  @Override
  public String toString() {
    return identity();
  }
}
