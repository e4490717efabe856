package io.lorgnette.image;

import java.util.Locale;

/** Interpolation kernel of a resize. */
public enum Filter {
  /** Triangle. Pillow and torchvision call it bilinear, number 2. */
  BILINEAR(1, 2),
  /** Cubic convolution with a = -0.5 (Keys 1981). Pillow calls it bicubic, number 3. */
  BICUBIC(2, 3);

  private final int radius;
  private final int pillowNumber;

  Filter(int radius, int pillowNumber) {
    this.radius = radius;
    this.pillowNumber = pillowNumber;
  }

  /** Distance from the centre at which the kernel becomes zero, in pixels at scale 1. */
  int radius() {
    return radius;
  }

  /** The number of this filter in Pillow and so in {@code preprocessor_config.json}. */
  int pillowNumber() {
    return pillowNumber;
  }

  /** The name in recipes and identities: {@code bilinear} or {@code bicubic}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  double weight(double distance) {
    double x = Math.abs(distance);
    if (x >= radius) {
      return 0;
    }
    if (this == BILINEAR) {
      return 1 - x;
    }
    double a = -0.5;
    return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
  }
}
