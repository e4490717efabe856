package io.lorgnette.pocket.postcards.scene;

/**
 * The ground plan of a picture in pixels, from top to bottom.
 *
 * @param width of the picture
 * @param height of the picture
 * @param horizon where the sky ends
 * @param waterTop where water begins; equals {@code waterBottom} where there is none
 * @param waterBottom where water ends
 * @param roadTop where a road begins; equals {@code roadBottom} where there is none
 * @param roadBottom where the road ends
 */
public record Stage(
    int width,
    int height,
    double horizon,
    double waterTop,
    double waterBottom,
    double roadTop,
    double roadBottom) {

  /** How small things at the horizon are. */
  private static final double FAR = 0.64;

  /** Short side, the measure of all sizes. */
  public double unit() {
    return Math.min(width, height);
  }

  /** Size of a thing that stands at {@code base}, 1 at the lower edge. */
  public double scale(double base) {
    double depth = (base - horizon) / (height - horizon);
    return FAR + (1 - FAR) * Math.max(0, Math.min(1, depth));
  }

  /** A plan for {@code place}; {@code airy} leaves more sky. */
  static Stage draw(Place place, boolean airy, Dice dice) {
    double shortSide = dice.between(224, 241);
    double ratio = dice.pick(1.0, 1.2, 4 / 3.0, 4 / 3.0, 4 / 3.0, 1.4);
    boolean portrait = dice.chance(0.2);
    int across = (int) Math.min(320, shortSide * ratio);
    int width = portrait ? (int) shortSide : across;
    int height = portrait ? across : (int) shortSide;
    double horizon = height * (airy ? dice.between(0.54, 0.62) : dice.between(0.42, 0.52));
    double ground = height - horizon;
    double water = horizon;
    double waterEnd = horizon;
    double road = height;
    double roadEnd = height;
    switch (place) {
      case BEACH -> waterEnd = horizon + ground * dice.between(0.34, 0.46);
      case SEA -> waterEnd = height;
      case LAKE -> {
        water = horizon + ground * dice.between(0.10, 0.16);
        waterEnd = horizon + ground * dice.between(0.60, 0.70);
      }
      case TOWN -> {
        road = horizon + ground * dice.between(0.30, 0.36);
        roadEnd = horizon + ground * dice.between(0.74, 0.80);
      }
      case ROAD -> {
        road = horizon + ground * dice.between(0.38, 0.46);
        roadEnd = road + ground * dice.between(0.30, 0.36);
      }
      default -> {}
    }
    return new Stage(width, height, horizon, water, waterEnd, road, roadEnd);
  }
}
