package io.lorgnette.pocket.postcards.scene;

import io.lorgnette.data.Split;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Makes scenes from seeds: the same seed, split and index give the same scene, whatever was made
 * before. Stateless and thread-safe.
 */
public final class Director {

  private static final int ATTEMPTS = 500;
  private static final double FLAG_CHANCE = 0.30;

  private Director() {}

  /** Scene {@code index} of {@code split}; test scenes hold a pair of {@link HeldOut}. */
  public static Scene scene(long seed, Split split, int index) {
    return scene(Dice.seed(seed, split.valName(), index), split != Split.TEST);
  }

  /** Scene {@code index} of an endless row that shares no seed with any split; never held out. */
  public static Scene rehearsal(long seed, long index) {
    return scene(Dice.seed(seed, "rehearsal", index), true);
  }

  private static Scene scene(long seed, boolean training) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Dice dice = new Dice(Dice.seed(seed, "attempt", attempt));
      Optional<Scene> scene = training ? train(dice) : test(dice);
      if (scene.isPresent()) {
        return scene.get();
      }
    }
    throw new IllegalStateException("no scene fits for seed " + seed);
  }

  private static Optional<Scene> train(Dice dice) {
    Place place = dice.pick(Place.values());
    Sky sky = sky(place, dice);
    Casting casting = new Casting(place, sky, true, dice);
    return finish(casting.draw(dice.pick(casting.leads()), Optional.empty()), place, sky, dice);
  }

  /** Starts from a held-out pair and builds a scene around it. */
  private static Optional<Scene> test(Dice dice) {
    Family family = dice.pick(Family.values());
    Optional<Hue> hue = HeldOut.hue(family);
    Optional<Place> place = HeldOut.place(family);
    if (hue.isEmpty() && place.isEmpty()) {
      return Optional.empty();
    }
    boolean byHue = place.isEmpty() || (hue.isPresent() && dice.chance(0.5));
    Place where = byHue ? dice.pick(family.places()) : place.get();
    Sky sky = sky(where, dice);
    Casting casting = new Casting(where, sky, false, dice);
    return finish(casting.draw(family, byHue ? hue : Optional.empty()), where, sky, dice);
  }

  private static Sky sky(Place place, Dice dice) {
    List<Sky> skies = new ArrayList<>();
    skies.addAll(Collections.nCopies(8, Sky.SUNNY));
    skies.addAll(Collections.nCopies(3, Sky.CLOUDY));
    skies.addAll(Collections.nCopies(3, Sky.SUNSET));
    skies.addAll(Collections.nCopies(2, Sky.NIGHT));
    if (place == Place.SNOW) {
      skies.addAll(Collections.nCopies(6, Sky.SNOWFALL));
    } else if (place != Place.DESERT) {
      skies.addAll(Collections.nCopies(2, Sky.RAIN));
    }
    return dice.pick(skies);
  }

  private static Optional<Scene> finish(
      Optional<List<Group>> cast, Place place, Sky sky, Dice dice) {
    if (cast.isEmpty()) {
      return Optional.empty();
    }
    boolean airy = cast.get().stream().anyMatch(group -> group.kind().zone() == Zone.SKY);
    Stage stage = Stage.draw(place, airy || dice.chance(0.2), dice);
    Optional<Scene.Flag> flag =
        sky != Sky.NIGHT && dice.chance(FLAG_CHANCE)
            ? Optional.of(flag(stage, dice))
            : Optional.empty();
    Optional<List<Figure>> figures = new Layout(place, stage, cast.get(), flag, dice).figures();
    if (figures.isEmpty()) {
      return Optional.empty();
    }
    Scene scene =
        new Scene(
            dice.next(), place, sky, stage, cast.get(), figures.get(), flag, Optional.empty());
    return Optional.of(withDisc(scene, dice));
  }

  private static Scene.Flag flag(Stage stage, Dice dice) {
    double width = stage.unit() * dice.between(0.34, 0.43);
    double left = dice.between(10, stage.width() - width - 6);
    double top = dice.between(8, stage.unit() * 0.10);
    Box cloth = new Box(left, top, left + width, top + width * 0.75);
    double ground = stage.height() - stage.horizon();
    double base = stage.horizon() + ground * dice.between(0.72, 0.97);
    return new Scene.Flag(Country.draw(dice), cloth, base, dice.next());
  }

  private static Scene withDisc(Scene scene, Dice dice) {
    double chance = scene.sky() == Sky.SUNNY ? 0.5 : scene.sky().isDay() ? 0 : 0.85;
    if (!dice.chance(chance)) {
      return scene;
    }
    Stage stage = scene.stage();
    for (int attempt = 0; attempt < 20; attempt++) {
      double radius = stage.unit() * dice.between(0.055, 0.085);
      double y =
          scene.sky() == Sky.SUNSET
              ? stage.horizon() - radius * dice.between(1.1, 2.2)
              : dice.between(radius + 5, stage.horizon() * 0.6);
      double x = dice.between(radius + 5, stage.width() - radius - 5);
      double halo = radius * 1.15;
      Box box = new Box(x - halo, y - halo, x + halo, y + halo);
      if (isClear(scene, box)) {
        return new Scene(
            scene.seed(),
            scene.place(),
            scene.sky(),
            stage,
            scene.cast(),
            scene.figures(),
            scene.flag(),
            Optional.of(new Scene.Disc(x, y, radius)));
      }
    }
    return scene;
  }

  private static boolean isClear(Scene scene, Box box) {
    return scene.figures().stream().allMatch(figure -> scene.box(figure).overlap(box) == 0)
        && scene.flag().stream().allMatch(flag -> flag.cloth().overlap(box) == 0);
  }
}
