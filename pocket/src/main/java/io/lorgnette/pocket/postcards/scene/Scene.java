package io.lorgnette.pocket.postcards.scene;

import java.util.List;
import java.util.Optional;

/**
 * Everything that is true of one postcard: what is shown, where it stands, and enough seeds to
 * paint it. Immutable.
 *
 * @param seed of the backdrop and of the wording
 * @param place where it plays
 * @param sky light and weather
 * @param stage the ground plan
 * @param cast groups of things; the first is what the picture is about
 * @param figures the placed things, those behind first
 * @param flag a national flag, if one flies
 * @param disc the sun or the moon, if it is in the picture
 */
public record Scene(
    long seed,
    Place place,
    Sky sky,
    Stage stage,
    List<Group> cast,
    List<Figure> figures,
    Optional<Flag> flag,
    Optional<Disc> disc) {

  public Scene {
    cast = List.copyOf(cast);
    figures = List.copyOf(figures);
  }

  /**
   * A flag on a pole; the pole's foot is on the ground, the cloth flies to the right.
   *
   * @param country whose it is
   * @param cloth the flag itself, without the pole
   * @param base the pole's foot, pixels
   * @param seed of its folds
   */
  public record Flag(Country country, Box cloth, double base, long seed) {}

  /** The sun by day, the moon by night: middle and radius in pixels. */
  public record Disc(double x, double y, double radius) {}

  public Group group(Figure figure) {
    return cast.get(figure.group());
  }

  public Box box(Figure figure) {
    return Figure.box(group(figure), figure.x(), figure.base(), figure.height());
  }

  /** The box around all figures of one group. */
  public Box box(int group) {
    double left = stage.width();
    double top = stage.height();
    double right = 0;
    double bottom = 0;
    for (Figure figure : figures) {
      if (figure.group() == group) {
        Box box = box(figure);
        left = Math.min(left, box.left());
        top = Math.min(top, box.top());
        right = Math.max(right, box.right());
        bottom = Math.max(bottom, box.bottom());
      }
    }
    return new Box(left, top, right, bottom);
  }

  /** True when some group here is not for training, see {@link HeldOut}. */
  public boolean isHeldOut() {
    return cast.stream().anyMatch(group -> HeldOut.contains(group.family(), group.hue(), place));
  }
}
