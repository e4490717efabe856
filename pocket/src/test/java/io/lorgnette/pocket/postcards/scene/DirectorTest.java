package io.lorgnette.pocket.postcards.scene;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Split;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DirectorTest {

  @Test
  void theSameSeedGivesTheSameScene() {
    for (int i = 0; i < 50; i++) {
      assertThat(Director.scene(8, Split.TRAIN, i)).isEqualTo(Director.scene(8, Split.TRAIN, i));
      assertThat(Director.scene(8, Split.TRAIN, i)).isNotEqualTo(Director.scene(9, Split.TRAIN, i));
      assertThat(Director.scene(8, Split.TRAIN, i)).isNotEqualTo(Director.scene(8, Split.VAL, i));
      assertThat(Director.scene(8, Split.TRAIN, i)).isNotEqualTo(Director.rehearsal(8, i));
    }
  }

  @Test
  void castAndFiguresAgree() {
    for (int i = 0; i < 400; i++) {
      Scene scene = Director.scene(8, List.of(Split.values()).get(i % 3), i);
      int[] counts = new int[scene.cast().size()];
      scene.figures().forEach(figure -> counts[figure.group()]++);
      Set<Kind> kinds = EnumSet.noneOf(Kind.class);
      for (int g = 0; g < counts.length; g++) {
        Group group = scene.cast().get(g);
        assertThat(counts[g]).as(group.toString()).isEqualTo(group.count());
        assertThat(kinds.add(group.kind())).as("one group of " + group.kind()).isTrue();
        assertThat(group.pose().holdsProp()).isEqualTo(group.prop().isPresent());
        assertThat(group.pose().needsPartner()).isEqualTo(group.partner() >= 0);
      }
      for (Figure figure : scene.figures()) {
        Box box = scene.box(figure);
        assertThat(box.left()).isPositive();
        assertThat(box.top()).isPositive();
        assertThat(box.right()).isLessThan(scene.stage().width());
        assertThat(box.bottom()).isLessThan(scene.stage().height());
      }
    }
  }

  @Test
  void scenesAreOfAllSorts() {
    Map<Place, Integer> places = new EnumMap<>(Place.class);
    Map<Sky, Integer> skies = new EnumMap<>(Sky.class);
    Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
    Set<String> sizes = new TreeSet<>();
    Set<Country> countries = EnumSet.noneOf(Country.class);
    int scenes = 1600;
    int flags = 0;
    for (int i = 0; i < scenes; i++) {
      Scene scene = Director.scene(1, Split.TRAIN, i);
      places.merge(scene.place(), 1, Integer::sum);
      skies.merge(scene.sky(), 1, Integer::sum);
      scene.cast().forEach(group -> kinds.merge(group.kind(), 1, Integer::sum));
      assertThat(scene.stage().width()).isBetween(224, 320);
      assertThat(scene.stage().height()).isBetween(224, 320);
      sizes.add(scene.stage().width() + "x" + scene.stage().height());
      flags += scene.flag().isPresent() ? 1 : 0;
      scene.flag().ifPresent(flag -> countries.add(flag.country()));
    }
    assertThat(places)
        .hasSize(Place.values().length)
        .allSatisfy((p, n) -> assertThat(n).isGreaterThan(60));
    assertThat(skies)
        .hasSize(Sky.values().length)
        .allSatisfy((s, n) -> assertThat(n).isGreaterThan(25));
    assertThat(kinds)
        .hasSize(Kind.values().length)
        .allSatisfy((k, n) -> assertThat(n).isGreaterThan(12));
    assertThat(sizes).hasSizeGreaterThan(100);
    assertThat(flags).isBetween(300, 600);
    assertThat(countries).hasSize(Country.values().length);
  }
}
