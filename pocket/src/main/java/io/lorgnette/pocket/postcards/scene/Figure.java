package io.lorgnette.pocket.postcards.scene;

/**
 * One placed thing.
 *
 * @param group the position of its {@link Group} in the cast
 * @param x its middle, pixels
 * @param base where it touches the ground or water (or its lower end in the sky), pixels
 * @param height of the thing without what it holds, pixels
 * @param facing 1 to the right, -1 to the left
 * @param seed of its small differences from others of its kind
 * @param link the position among the figures of what its string or lead goes to, or -1
 */
public record Figure(
    int group, double x, double base, double height, int facing, long seed, int link) {

  Figure linked(int target) {
    return new Figure(group, x, base, height, facing, seed, target);
  }

  /** What a figure of {@code group} takes up, with all it holds. */
  static Box box(Group group, double x, double base, double height) {
    double halfWidth = height * group.kind().aspect() / 2;
    double above = 0;
    if (group.pose() == Pose.UMBRELLA) {
      halfWidth = height * 0.37;
      above = 0.20;
    } else if (group.pose() == Pose.BALLOON) {
      above = 0.55;
    }
    return new Box(x - halfWidth, base - height * (1 + above), x + halfWidth, base);
  }
}
