package io.lorgnette.pocket.postcards.scene;

import java.util.List;

/**
 * A kind of thing that can be drawn and named.
 *
 * <p>{@code height} is that of one near thing as a part of the picture's short side; {@code aspect}
 * is width by height of the box that its painter fills.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
public enum Kind {
  HOUSE(Family.HOUSE, Zone.BACK, 0.50, 1.10, 3, Pose.STANDING),
  CHURCH(Family.CHURCH, Zone.BACK, 0.74, 0.80, 1, Pose.STANDING),
  BARN(Family.BARN, Zone.BACK, 0.48, 1.25, 1, Pose.STANDING),
  CASTLE(Family.CASTLE, Zone.BACK, 0.66, 1.15, 1, Pose.STANDING),
  LIGHTHOUSE(Family.LIGHTHOUSE, Zone.BACK, 0.82, 0.42, 1, Pose.STANDING),
  WINDMILL(Family.WINDMILL, Zone.BACK, 0.74, 0.80, 2, Pose.STANDING),
  TENT(Family.TENT, Zone.LAND, 0.27, 1.45, 3, Pose.STANDING),
  TREE(Family.TREE, Zone.BACK, 0.66, 0.80, 3, Pose.STANDING),
  PINE(Family.PINE, Zone.BACK, 0.66, 0.52, 4, Pose.STANDING),
  PALM(Family.PALM, Zone.BACK, 0.74, 0.76, 3, Pose.STANDING),
  CACTUS(Family.CACTUS, Zone.BACK, 0.46, 0.62, 3, Pose.STANDING),
  SAILBOAT(Family.BOAT, Zone.WATER, 0.46, 0.86, 3, Pose.FLOATING),
  ROWBOAT(Family.BOAT, Zone.WATER, 0.13, 2.90, 2, Pose.FLOATING),
  FISHING_BOAT(Family.BOAT, Zone.WATER, 0.32, 1.45, 2, Pose.FLOATING),
  SHIP(Family.SHIP, Zone.WATER, 0.30, 2.40, 1, Pose.FLOATING),
  DOG(Family.DOG, Zone.LAND, 0.26, 1.30, 2, Pose.STANDING, Pose.SITTING, Pose.RUNNING),
  CAT(Family.CAT, Zone.LAND, 0.27, 1.15, 2, Pose.STANDING, Pose.SITTING, Pose.SLEEPING),
  COW(Family.COW, Zone.LAND, 0.28, 1.50, 4, Pose.STANDING, Pose.GRAZING),
  SHEEP(Family.SHEEP, Zone.LAND, 0.25, 1.35, 4, Pose.STANDING, Pose.GRAZING),
  HORSE(Family.HORSE, Zone.LAND, 0.38, 1.20, 3, Pose.STANDING, Pose.GRAZING, Pose.RUNNING),
  DUCK(Family.DUCK, Zone.WATER, 0.16, 1.35, 4, Pose.FLOATING),
  CAMEL(Family.CAMEL, Zone.LAND, 0.42, 1.12, 3, Pose.STANDING, Pose.WALKING),
  MAN(
      Family.PERSON,
      Zone.LAND,
      0.46,
      0.46,
      2,
      Pose.STANDING,
      Pose.WALKING,
      Pose.WAVING,
      Pose.UMBRELLA,
      Pose.WALKING_DOG,
      Pose.CYCLING,
      Pose.RIDING),
  WOMAN(
      Family.PERSON,
      Zone.LAND,
      0.45,
      0.46,
      2,
      Pose.STANDING,
      Pose.WALKING,
      Pose.WAVING,
      Pose.UMBRELLA,
      Pose.WALKING_DOG,
      Pose.CYCLING,
      Pose.RIDING),
  BOY(
      Family.PERSON,
      Zone.LAND,
      0.38,
      0.50,
      2,
      Pose.STANDING,
      Pose.RUNNING,
      Pose.WAVING,
      Pose.BALLOON,
      Pose.FLYING_KITE,
      Pose.CYCLING),
  GIRL(
      Family.PERSON,
      Zone.LAND,
      0.38,
      0.50,
      2,
      Pose.STANDING,
      Pose.RUNNING,
      Pose.WAVING,
      Pose.BALLOON,
      Pose.FLYING_KITE,
      Pose.WALKING_DOG),
  CAR(Family.CAR, Zone.ROAD, 0.23, 2.20, 2, Pose.DRIVING),
  BUS(Family.BUS, Zone.ROAD, 0.32, 2.05, 1, Pose.DRIVING),
  TRUCK(Family.TRUCK, Zone.ROAD, 0.32, 2.00, 1, Pose.DRIVING),
  BICYCLE(Family.BICYCLE, Zone.LAND, 0.26, 1.60, 2, Pose.PARKED),
  TRACTOR(Family.TRACTOR, Zone.LAND, 0.33, 1.35, 1, Pose.DRIVING),
  TRAIN(Family.TRAIN, Zone.BACK, 0.24, 4.20, 1, Pose.DRIVING),
  AIR_BALLOON(Family.AIR_BALLOON, Zone.SKY, 0.36, 0.74, 4, Pose.FLYING),
  KITE(Family.KITE, Zone.SKY, 0.28, 0.74, 2, Pose.FLYING),
  PLANE(Family.PLANE, Zone.SKY, 0.20, 2.50, 1, Pose.FLYING),
  BIRD(Family.BIRD, Zone.SKY, 0.15, 2.30, 5, Pose.FLYING),
  BENCH(Family.BENCH, Zone.LAND, 0.20, 1.90, 1, Pose.STANDING),
  PARASOL(Family.PARASOL, Zone.LAND, 0.40, 1.00, 3, Pose.STANDING),
  FLOWERS(Family.FLOWERS, Zone.LAND, 0.15, 2.80, 1, Pose.STANDING),
  SNOWMAN(Family.SNOWMAN, Zone.LAND, 0.38, 0.68, 2, Pose.STANDING);

  private final Family family;
  private final Zone zone;
  private final double height;
  private final double aspect;
  private final int maxCount;
  private final List<Pose> poses;

  Kind(Family family, Zone zone, double height, double aspect, int maxCount, Pose... poses) {
    this.family = family;
    this.zone = zone;
    this.height = height;
    this.aspect = aspect;
    this.maxCount = maxCount;
    this.poses = List.of(poses);
  }

  public Family family() {
    return family;
  }

  public Zone zone() {
    return zone;
  }

  /** Height of a near one as a part of the picture's short side. */
  public double height() {
    return height;
  }

  /** Width by height of its box. */
  public double aspect() {
    return aspect;
  }

  /** The most there are in one group. */
  public int maxCount() {
    return maxCount;
  }

  /** Poses a lone one takes. */
  public List<Pose> poses() {
    return poses;
  }

  public boolean isPerson() {
    return family == Family.PERSON;
  }

  /** True for a mammal or bird. */
  public boolean isAnimal() {
    return switch (this) {
      case DOG, CAT, COW, SHEEP, HORSE, DUCK, CAMEL, BIRD -> true;
      default -> false;
    };
  }
}
