package io.lorgnette.pocket.postcards.scene;

/** What a thing does. */
public enum Pose {
  STANDING,
  SITTING,
  SLEEPING,
  RUNNING,
  GRAZING,
  WALKING,
  WAVING,
  /** With an umbrella in the hand. */
  UMBRELLA,
  /** With a toy balloon on a string. */
  BALLOON,
  /** With a kite on a string, the partner. */
  FLYING_KITE,
  /** With a dog on a lead, the partner. */
  WALKING_DOG,
  /** On a bicycle, the partner. */
  CYCLING,
  /** On a horse, the partner. */
  RIDING,
  /** With a rider on it. */
  RIDDEN,
  FLOATING,
  DRIVING,
  PARKED,
  FLYING;

  /** True where a person needs a second thing to do it. */
  public boolean needsPartner() {
    return this == FLYING_KITE || this == WALKING_DOG || this == CYCLING || this == RIDING;
  }

  /** True where something coloured is held in the hand. */
  public boolean holdsProp() {
    return this == UMBRELLA || this == BALLOON;
  }
}
