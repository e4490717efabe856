package io.lorgnette.pocket.postcards.scene;

import java.util.Optional;

/**
 * Things of one kind, colour and pose that a sentence names together: "two brown cows grazing".
 *
 * @param kind what they are
 * @param hue the colour of each; for a person that of the clothes
 * @param count how many
 * @param pose what each does
 * @param prop the colour of what each holds in the hand, if anything
 * @param partner the position in the cast of what is ridden, led or flown, or -1
 */
public record Group(Kind kind, Hue hue, int count, Pose pose, Optional<Hue> prop, int partner) {

  static Group of(Kind kind, Hue hue, int count, Pose pose) {
    return new Group(kind, hue, count, pose, Optional.empty(), -1);
  }

  Group holding(Hue propHue) {
    return new Group(kind, hue, count, pose, Optional.of(propHue), partner);
  }

  Group with(int partnerIndex) {
    return new Group(kind, hue, count, pose, prop, partnerIndex);
  }

  public Family family() {
    return kind.family();
  }
}
