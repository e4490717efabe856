package io.lorgnette.pocket.postcards.scene;

/** A rectangle in pixels; y grows downwards. */
public record Box(double left, double top, double right, double bottom) {

  public double width() {
    return right - left;
  }

  public double height() {
    return bottom - top;
  }

  public double centre() {
    return (left + right) / 2;
  }

  public double area() {
    return width() * height();
  }

  /** Area shared with {@code other}. */
  public double overlap(Box other) {
    double w = Math.min(right, other.right) - Math.max(left, other.left);
    double h = Math.min(bottom, other.bottom) - Math.max(top, other.top);
    return w <= 0 || h <= 0 ? 0 : w * h;
  }

  /** Horizontal gap to {@code other}; negative where they overlap. */
  public double gap(Box other) {
    return Math.max(left, other.left) - Math.min(right, other.right);
  }
}
