package io.lorgnette.pocket.postcards.scene;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses what a scene shows. For training it never picks a pair of {@link HeldOut}. */
final class Casting {

  /** Families of which a scene shows at most one, because people call them by one name. */
  private static final List<Set<Family>> RIVALS =
      List.of(
          EnumSet.of(Family.TREE, Family.PINE, Family.PALM, Family.CACTUS),
          EnumSet.of(Family.BOAT, Family.SHIP),
          EnumSet.of(Family.CAR, Family.TRUCK, Family.BUS, Family.TRACTOR),
          EnumSet.of(Family.AIR_BALLOON, Family.KITE),
          EnumSet.of(Family.HOUSE, Family.BARN, Family.CHURCH, Family.CASTLE),
          EnumSet.of(Family.TRAIN, Family.TRACTOR, Family.BUS));

  private static final Set<Hue> DARK =
      EnumSet.of(Hue.BLACK, Hue.BROWN, Hue.PURPLE, Hue.GREY, Hue.GREEN, Hue.BLUE);

  private final Place place;
  private final Sky sky;
  private final boolean training;
  private final Dice dice;
  private final List<Group> cast = new ArrayList<>();

  Casting(Place place, Sky sky, boolean training, Dice dice) {
    this.place = place;
    this.sky = sky;
    this.training = training;
    this.dice = dice;
  }

  /** A cast led by {@code family} in {@code hue} (or any colour), or empty if it can not be. */
  Optional<List<Group>> draw(Family family, Optional<Hue> hue) {
    if (!suits(family) || !enter(family, hue, true)) {
      return Optional.empty();
    }
    boolean buildingFirst = cast.get(0).kind().zone() == Zone.BACK;
    if (!buildingFirst && dice.chance(0.65)) {
      enterOne(Zone.BACK);
    }
    if (dice.chance(buildingFirst ? 0.85 : 0.42)) {
      enterOne(place.hasWater() && dice.chance(0.5) ? Zone.WATER : Zone.LAND);
    }
    if (place.hasRoad() && dice.chance(0.4)) {
      enterOne(Zone.ROAD);
    }
    if (dice.chance(0.26)) {
      enterOne(Zone.SKY);
    }
    return Optional.of(List.copyOf(cast));
  }

  /** Families that can lead a scene here. */
  List<Family> leads() {
    List<Family> leads = new ArrayList<>();
    for (Family family : Family.values()) {
      if (suits(family) && !hues(family).isEmpty()) {
        leads.add(family);
        if (family == Family.PERSON) {
          leads.add(family);
          leads.add(family);
        }
      }
    }
    return leads;
  }

  private void enterOne(Zone zone) {
    List<Family> choices =
        kinds().stream()
            .filter(kind -> kind.zone() == zone)
            .map(Kind::family)
            .distinct()
            .filter(this::suits)
            .filter(this::isFree)
            .collect(Collectors.toList());
    if (!choices.isEmpty()) {
      enter(dice.pick(choices), Optional.empty(), false);
    }
  }

  private boolean suits(Family family) {
    if (!family.places().contains(place)
        || (training && HeldOut.place(family).filter(place::equals).isPresent())) {
      return false;
    }
    boolean wet = sky == Sky.RAIN || sky == Sky.SNOWFALL;
    return switch (family) {
      case AIR_BALLOON, KITE -> !wet && sky != Sky.NIGHT;
      case PLANE, BIRD -> sky.isDay() && !wet;
      case PARASOL -> sky == Sky.SUNNY || sky == Sky.CLOUDY || sky == Sky.SUNSET;
      case FLOWERS -> sky != Sky.NIGHT;
      default -> true;
    };
  }

  private boolean isFree(Family family) {
    if (cast.stream().anyMatch(group -> group.family() == family)) {
      return family == Family.PERSON && people() < 2;
    }
    return RIVALS.stream()
        .filter(rivals -> rivals.contains(family))
        .allMatch(rivals -> cast.stream().noneMatch(group -> rivals.contains(group.family())));
  }

  private long people() {
    return cast.stream().filter(group -> group.kind().isPerson()).count();
  }

  private List<Hue> hues(Family family) {
    List<Hue> hues = new ArrayList<>(family.hues());
    if (!family.isColoured()) {
      return hues;
    }
    boolean inSky = family == Family.PLANE || family == Family.KITE;
    boolean onWater = family == Family.BOAT || family == Family.SHIP;
    boolean building = Kind.valueOf(firstOf(family)).zone() == Zone.BACK;
    if (!inSky && !onWater && !(building && place != Place.SNOW)) {
      hues.removeAll(place.camouflage());
    }
    if (inSky && (sky == Sky.CLOUDY || sky == Sky.SUNSET)) {
      hues.remove(Hue.WHITE);
      hues.remove(Hue.ORANGE);
    }
    if (sky == Sky.NIGHT) {
      hues.removeAll(DARK);
    }
    if (training) {
      HeldOut.hue(family).ifPresent(hues::remove);
    }
    for (Group group : cast) { // so that "the man in red" is one person
      if (group.family() == family) {
        hues.remove(group.hue());
      }
    }
    return hues;
  }

  private static String firstOf(Family family) {
    return kindsOf(family).get(0).name();
  }

  private static List<Kind> kindsOf(Family family) {
    return kinds().stream().filter(kind -> kind.family() == family).collect(Collectors.toList());
  }

  private static List<Kind> kinds() {
    return List.of(Kind.values());
  }

  private boolean enter(Family family, Optional<Hue> wanted, boolean lead) {
    List<Hue> hues = hues(family);
    if (hues.isEmpty() || (wanted.isPresent() && !hues.contains(wanted.get()))) {
      return false;
    }
    List<Kind> kinds = kindsOf(family);
    kinds.removeIf(kind -> cast.stream().anyMatch(group -> group.kind() == kind));
    if (kinds.isEmpty()) {
      return false;
    }
    Kind kind = dice.pick(kinds);
    Hue hue = wanted.isPresent() ? wanted.get() : dice.pick(hues);
    Pose pose = dice.pick(kind.poses());
    if (sky == Sky.RAIN && kind.poses().contains(Pose.UMBRELLA) && dice.chance(0.6)) {
      pose = Pose.UMBRELLA;
    }
    if (!lead && pose.needsPartner()) {
      pose = Pose.STANDING;
    }
    int most = pose.needsPartner() || pose.holdsProp() ? 1 : kind.maxCount();
    Group group = Group.of(kind, hue, Math.min(most, count(lead)), pose);
    if (pose.holdsProp()) {
      group = group.holding(dice.pick(propHues(hue)));
    }
    cast.add(group);
    return !pose.needsPartner() || enterPartner(cast.size() - 1);
  }

  /** Gives a rider the horse, a walker the dog, and so on; without one the person just stands. */
  private boolean enterPartner(int index) {
    Group person = cast.get(index);
    Family family = partnerFamily(person.pose());
    List<Hue> hues = hues(family);
    hues.remove(person.hue());
    if (!suits(family) || hues.isEmpty()) {
      cast.set(index, Group.of(person.kind(), person.hue(), 1, Pose.STANDING));
      return true;
    }
    Pose pose = Pose.RIDDEN;
    if (person.pose() == Pose.WALKING_DOG) {
      pose = Pose.WALKING;
    } else if (person.pose() == Pose.FLYING_KITE) {
      pose = Pose.FLYING;
    }
    cast.set(index, person.with(cast.size()));
    cast.add(Group.of(kindsOf(family).get(0), dice.pick(hues), 1, pose));
    return true;
  }

  private static Family partnerFamily(Pose pose) {
    return switch (pose) {
      case FLYING_KITE -> Family.KITE;
      case WALKING_DOG -> Family.DOG;
      case CYCLING -> Family.BICYCLE;
      case RIDING -> Family.HORSE;
      default -> throw new IllegalArgumentException("no partner for " + pose);
    };
  }

  private List<Hue> propHues(Hue clothes) {
    List<Hue> hues =
        new ArrayList<>(
            List.of(Hue.RED, Hue.YELLOW, Hue.BLUE, Hue.GREEN, Hue.ORANGE, Hue.PURPLE, Hue.PINK));
    hues.remove(clothes);
    if (sky == Sky.NIGHT) {
      hues.removeAll(DARK);
    }
    return hues;
  }

  private int count(boolean lead) {
    double u = dice.unit();
    if (!lead) {
      return u < 0.68 ? 1 : u < 0.88 ? 2 : 3;
    }
    return u < 0.5 ? 1 : u < 0.75 ? 2 : u < 0.9 ? 3 : u < 0.96 ? 4 : 5;
  }
}
