package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Box;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Figure;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Zone;
import java.util.Optional;

/** How two groups lie to each other in the picture, read off their places. */
enum Relation {
  IN_FRONT_OF("in front of"),
  BEHIND("behind"),
  NEXT_TO("next to"),
  NEAR("near"),
  BELOW("below"),
  ABOVE("above");

  private static final double DEEPER = 5;

  private final String words;

  Relation(String words) {
    this.words = words;
  }

  String words(Dice dice) {
    return this == NEXT_TO ? dice.pick("next to", "next to", "beside", "by") : words;
  }

  /** What {@code a} is to {@code b}, or empty where no short word is surely true. */
  static Optional<Relation> between(Scene scene, int a, int b) {
    Box boxA = scene.box(a);
    Box boxB = scene.box(b);
    double unit = scene.stage().unit();
    double gap = boxA.gap(boxB);
    boolean airA = scene.cast().get(a).kind().zone() == Zone.SKY;
    boolean airB = scene.cast().get(b).kind().zone() == Zone.SKY;
    double shared = -gap / Math.min(boxA.width(), boxB.width());
    if (airA || airB) {
      if (airA == airB || shared < 0.4) {
        return Optional.empty();
      }
      if (airA && boxA.bottom() <= boxB.top() + 4) {
        return Optional.of(ABOVE);
      }
      return airB && boxB.bottom() <= boxA.top() + 4 ? Optional.of(BELOW) : Optional.empty();
    }
    if (shared > 0.3) {
      if (lowest(scene, a) > highest(scene, b) + DEEPER) {
        return Optional.of(IN_FRONT_OF);
      }
      if (lowest(scene, b) > highest(scene, a) + DEEPER) {
        return Optional.of(BEHIND);
      }
    }
    double rise = Math.abs(boxA.bottom() - boxB.bottom());
    if (gap < 0.12 * unit && rise < 0.16 * unit) {
      return Optional.of(NEXT_TO);
    }
    return gap < 0.3 * unit && rise < 0.3 * unit ? Optional.of(NEAR) : Optional.empty();
  }

  /** The base of the farthest figure of a group. */
  private static double lowest(Scene scene, int group) {
    return scene.figures().stream()
        .filter(figure -> figure.group() == group)
        .mapToDouble(Figure::base)
        .min()
        .orElseThrow();
  }

  /** The base of the nearest figure of a group. */
  private static double highest(Scene scene, int group) {
    return scene.figures().stream()
        .filter(figure -> figure.group() == group)
        .mapToDouble(Figure::base)
        .max()
        .orElseThrow();
  }
}
