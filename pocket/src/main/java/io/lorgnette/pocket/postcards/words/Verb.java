package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Pose;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Zone;

/**
 * What a group does, with its object: "riding a brown horse".
 *
 * @param participle "riding"
 * @param third "rides"
 * @param base "ride"
 * @param object " a brown horse", or nothing
 */
record Verb(String participle, String third, String base, String object) {

  /** A true verb for {@code group}; synonyms change with the dice. */
  static Verb of(Scene scene, Group group, Dice dice) {
    return switch (group.pose()) {
      case SITTING -> verb("sitting", "sits", "sit");
      case SLEEPING -> dice.pick(verb("sleeping", "sleeps", "sleep"), verb("lying", "lies", "lie"));
      case RUNNING -> verb("running", "runs", "run");
      case GRAZING ->
          dice.chance(0.75)
              ? verb("grazing", "grazes", "graze")
              : new Verb("eating", "eats", "eat", " grass");
      case WALKING -> verb("walking", "walks", "walk");
      case WAVING -> verb("waving", "waves", "wave");
      case UMBRELLA -> umbrella(group, dice);
      case BALLOON -> new Verb("holding", "holds", "hold", held(group, "balloon"));
      case FLYING_KITE -> new Verb("flying", "flies", "fly", partner(scene, group, dice));
      case WALKING_DOG -> new Verb("walking", "walks", "walk", partner(scene, group, dice));
      case CYCLING, RIDING -> new Verb("riding", "rides", "ride", partner(scene, group, dice));
      case FLOATING -> floating(group, dice);
      case DRIVING -> driving(scene, group, dice);
      case PARKED -> verb("parked", "is parked", "are parked");
      case FLYING -> flying(group, dice);
      case STANDING, RIDDEN ->
          group.kind() == Kind.FLOWERS
              ? dice.pick(verb("growing", "grows", "grow"), verb("blooming", "blooms", "bloom"))
              : verb("standing", "stands", "stand");
    };
  }

  private static Verb verb(String participle, String third, String base) {
    return new Verb(participle, third, base, "");
  }

  private static Verb umbrella(Group group, Dice dice) {
    String object = held(group, "umbrella");
    return dice.chance(0.6)
        ? new Verb("holding", "holds", "hold", object)
        : new Verb("standing", "stands", "stand", " under" + object);
  }

  private static String held(Group group, String thing) {
    return " " + NounPhrase.article(group.prop().orElseThrow().word() + " " + thing);
  }

  private static String partner(Scene scene, Group group, Dice dice) {
    return " " + NounPhrase.of(scene.cast().get(group.partner()), dice, 0.8).text();
  }

  private static Verb floating(Group group, Dice dice) {
    return switch (group.kind()) {
      case DUCK ->
          dice.pick(verb("swimming", "swims", "swim"), verb("floating", "floats", "float"));
      case SAILBOAT, SHIP ->
          dice.pick(verb("sailing", "sails", "sail"), verb("floating", "floats", "float"));
      default -> verb("floating", "floats", "float");
    };
  }

  private static Verb driving(Scene scene, Group group, Dice dice) {
    if (group.kind() == Kind.TRAIN) {
      return dice.pick(verb("traveling", "travels", "travel"), verb("passing", "passes", "pass"));
    }
    boolean onRoad = group.kind().zone() == Zone.ROAD && scene.place().hasRoad();
    return onRoad
        ? dice.pick(verb("driving", "drives", "drive"), verb("traveling", "travels", "travel"))
        : dice.pick(verb("parked", "is parked", "are parked"), verb("standing", "stands", "stand"));
  }

  private static Verb flying(Group group, Dice dice) {
    return group.kind() == Kind.AIR_BALLOON
        ? dice.pick(
            verb("floating", "floats", "float"),
            verb("flying", "flies", "fly"),
            verb("drifting", "drifts", "drift"))
        : verb("flying", "flies", "fly");
  }

  /** "standing", "riding a horse". */
  String ing() {
    return participle + object;
  }

  /** "stands", "ride a horse". */
  String finite(boolean plural) {
    return (plural ? base : third) + object;
  }

  /** "is standing", "are riding a horse". */
  String progressive(boolean plural) {
    return (plural ? "are " : "is ") + participle + object;
  }

  /** True when {@code pose} says more than that a thing is there. */
  static boolean isTelling(Pose pose) {
    return pose != Pose.STANDING && pose != Pose.PARKED && pose != Pose.RIDDEN;
  }
}
