package io.lorgnette.pocket.postcards.scene;

import java.util.List;
import java.util.Optional;

/**
 * The combinations that training never shows.
 *
 * <p>The rule: number the families from 0 in their order. Family {@code i} with at least four
 * colours holds out its colour number {@code i mod colours}; with at least three places its place
 * number {@code i mod places}. Training and validation scenes hold no such pair; every test scene
 * holds at least one. Each colour, place and family alone is common in training, so a test scene
 * asks for a new combination of known parts.
 */
public final class HeldOut {

  static final int LEAST_HUES = 4;
  static final int LEAST_PLACES = 3;

  private HeldOut() {}

  /** The colour in which training never shows {@code family}. */
  public static Optional<Hue> hue(Family family) {
    return pick(family.hues(), LEAST_HUES, family);
  }

  /** The place in which training never shows {@code family}. */
  public static Optional<Place> place(Family family) {
    return pick(family.places(), LEAST_PLACES, family);
  }

  @SuppressWarnings("EnumOrdinal") // the rule is about the order
  private static <T> Optional<T> pick(List<T> choices, int least, Family family) {
    return choices.size() < least
        ? Optional.empty()
        : Optional.of(choices.get(family.ordinal() % choices.size()));
  }

  /** True when {@code family} in {@code hue} at {@code place} is not for training. */
  public static boolean contains(Family family, Hue hue, Place place) {
    return hue(family).filter(hue::equals).isPresent()
        || place(family).filter(place::equals).isPresent();
  }
}
