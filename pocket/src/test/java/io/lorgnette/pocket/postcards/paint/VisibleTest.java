package io.lorgnette.pocket.postcards.paint;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Box;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Figure;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What words tell of can be seen: nothing is hidden, lost in its background, or miscoloured. */
class VisibleTest {

  private static final double LEAST_SEEN = 0.6;
  private static final int LEAST_PIXELS = 120;
  private static final double LEAST_CONTRAST = 15;
  private static final double LEAST_OF_COLOUR = 0.2;

  private static Scene scene(int index) {
    return Director.scene(20, List.of(Split.values()).get(index % 3), index);
  }

  @Test
  void noFigureIsMostlyHidden() {
    int figures = 0;
    for (int i = 0; i < 60; i++) {
      Scene scene = scene(i);
      for (int f = 0; f < scene.figures().size(); f++) {
        boolean[] whole = Masks.thing(scene, scene.figures().get(f));
        int seen = Masks.count(Masks.visible(scene, f));
        String what = "scene " + i + ": " + scene.group(scene.figures().get(f));
        assertThat(seen).as(what).isGreaterThan(LEAST_PIXELS);
        assertThat(seen / (double) Masks.count(whole)).as(what).isGreaterThan(LEAST_SEEN);
        assertThat(outside(scene, scene.figures().get(f), whole)).as(what).isLessThan(0.06);
        figures++;
      }
    }
    assertThat(figures).isGreaterThan(100);
  }

  /** The part of a thing's pixels outside its box, by which the layout judged. */
  private static double outside(Scene scene, Figure figure, boolean[] mask) {
    Box box = scene.box(figure);
    int width = scene.stage().width();
    int outside = 0;
    for (int i = 0; i < mask.length; i++) {
      int x = i % width;
      int y = i / width;
      boolean inside =
          x > box.left() - 3 && x < box.right() + 2 && y > box.top() - 3 && y < box.bottom() + 3;
      outside += mask[i] && !inside ? 1 : 0;
    }
    return outside / (double) Masks.count(mask);
  }

  @Test
  void everyFigureStandsOutFromItsBackground() {
    for (int i = 0; i < 24; i++) {
      Scene scene = scene(i);
      BufferedImage with = ScenePainter.paint(scene);
      for (int f = 0; f < scene.figures().size(); f++) {
        BufferedImage without = ScenePainter.paint(without(scene, f));
        double contrast = difference(with, without, Masks.visible(scene, f));
        assertThat(contrast)
            .as("scene %d: %s", i, scene.group(scene.figures().get(f)))
            .isGreaterThan(LEAST_CONTRAST);
      }
    }
  }

  private static Scene without(Scene scene, int index) {
    List<Figure> rest = new ArrayList<>();
    for (int f = 0; f < scene.figures().size(); f++) {
      Figure old = scene.figures().get(f);
      if (f != index) {
        rest.add(
            new Figure(
                old.group(), old.x(), old.base(), old.height(), old.facing(), old.seed(), -1));
      }
    }
    return new Scene(
        scene.seed(),
        scene.place(),
        scene.sky(),
        scene.stage(),
        scene.cast(),
        rest,
        scene.flag(),
        scene.disc());
  }

  /** Mean difference of a channel over the pixels of {@code mask}, 0 to 255. */
  private static double difference(BufferedImage a, BufferedImage b, boolean[] mask) {
    double sum = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        int p = a.getRGB(i % a.getWidth(), i / a.getWidth());
        int q = b.getRGB(i % a.getWidth(), i / a.getWidth());
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs((p >> shift & 255) - (q >> shift & 255)) / 3.0;
        }
      }
    }
    return sum / Masks.count(mask);
  }

  @Test
  void aNamedColourIsOneOfTheTwoMostSeenOnTheThing() {
    int coloured = 0;
    for (int i = 0; i < 60; i++) {
      Scene scene = scene(i);
      BufferedImage image = ScenePainter.paint(scene);
      NamedColour namer = new NamedColour(scene.sky());
      for (int f = 0; f < scene.figures().size(); f++) {
        Group group = scene.group(scene.figures().get(f));
        if (group.family().isColoured()) {
          Map<Hue, Integer> seen = hues(image, namer, Masks.visible(scene, f));
          int own = seen.getOrDefault(group.hue(), 0);
          int all = seen.values().stream().mapToInt(Integer::intValue).sum();
          String what = "scene " + i + ": " + group + " " + seen;
          assertThat(own / (double) all).as(what).isGreaterThan(LEAST_OF_COLOUR);
          assertThat(seen.values().stream().filter(n -> n > own).count())
              .as(what)
              .isLessThanOrEqualTo(1);
          coloured++;
        }
      }
    }
    assertThat(coloured).isGreaterThan(100);
  }

  private static Map<Hue, Integer> hues(BufferedImage image, NamedColour namer, boolean[] mask) {
    Map<Hue, Integer> seen = new EnumMap<>(Hue.class);
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        int rgb = image.getRGB(i % image.getWidth(), i / image.getWidth());
        seen.merge(namer.of(rgb), 1, Integer::sum);
      }
    }
    return seen;
  }
}
