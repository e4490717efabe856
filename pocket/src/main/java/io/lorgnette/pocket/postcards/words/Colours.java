package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Pose;
import java.util.Optional;

/** The colour words that are true of a group. */
final class Colours {

  private Colours() {}

  /** The colour before the noun; empty for people and for what comes in one colour. */
  static Optional<String> adjective(Group group) {
    if (group.kind().isPerson() || !group.family().isColoured()) {
      return Optional.empty();
    }
    return Optional.of(word(group.kind(), group.hue()));
  }

  /** The colour of a thing of {@code kind} painted in {@code hue}. */
  static String word(Kind kind, Hue hue) {
    boolean banded = kind == Kind.LIGHTHOUSE && hue != Hue.WHITE && hue != Hue.YELLOW;
    boolean pied = kind == Kind.COW && hue == Hue.BLACK;
    if (banded || pied) {
      return hue.word() + " and white";
    }
    return kind == Kind.DOG && hue == Hue.YELLOW ? "golden" : hue.word();
  }

  /** What a person wears, without the colour: "shirt" or "dress". */
  static String garment(Group group) {
    boolean female = group.kind() == Kind.WOMAN || group.kind() == Kind.GIRL;
    boolean seated = group.pose() == Pose.CYCLING || group.pose() == Pose.RIDING;
    return female && !seated ? "dress" : "shirt";
  }
}
