package io.lorgnette.pocket.postcards.scene;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Split;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Training never shows a held-out pair, the test always does, and its parts are all known. */
class HeldOutTest {

  private static final int SCENES = 1500;

  @Test
  void followsTheWrittenRule() {
    assertThat(HeldOut.hue(Family.HOUSE)).contains(Hue.WHITE);
    assertThat(HeldOut.place(Family.HOUSE)).contains(Place.BEACH);
    assertThat(HeldOut.hue(Family.DOG)).contains(Hue.GREY); // family 13: 13 mod 5 = 3
    assertThat(HeldOut.place(Family.DOG)).contains(Place.MOUNTAINS); // 13 mod 6 = 1
    assertThat(HeldOut.hue(Family.SHEEP)).isEmpty(); // two colours only
    assertThat(HeldOut.place(Family.SNOWMAN)).isEmpty();
  }

  @Test
  void trainingAndValidationHoldNone() {
    for (int i = 0; i < SCENES; i++) {
      assertThat(Director.scene(3, Split.TRAIN, i).isHeldOut()).isFalse();
      assertThat(Director.rehearsal(3, i).isHeldOut()).isFalse();
      if (i % 10 == 0) {
        assertThat(Director.scene(3, Split.VAL, i).isHeldOut()).isFalse();
      }
    }
  }

  @Test
  void everyTestSceneHoldsOneOfKnownParts() {
    Map<Family, Set<Hue>> hues = new EnumMap<>(Family.class);
    Map<Family, Set<Place>> places = new EnumMap<>(Family.class);
    Set<Hue> allHues = EnumSet.noneOf(Hue.class);
    Set<Place> allPlaces = EnumSet.noneOf(Place.class);
    for (int i = 0; i < SCENES; i++) {
      Scene scene = Director.scene(3, Split.TRAIN, i);
      for (Group group : scene.cast()) {
        hues.computeIfAbsent(group.family(), f -> EnumSet.noneOf(Hue.class)).add(group.hue());
        places.computeIfAbsent(group.family(), f -> EnumSet.noneOf(Place.class)).add(scene.place());
        allHues.add(group.hue());
        allPlaces.add(scene.place());
      }
    }
    assertThat(hues.keySet()).containsExactlyInAnyOrder(Family.values());
    assertThat(allHues).containsExactlyInAnyOrder(Hue.values());
    assertThat(allPlaces).containsExactlyInAnyOrder(Place.values());
    int newPairs = 0;
    for (int i = 0; i < 300; i++) {
      Scene scene = Director.scene(3, Split.TEST, i);
      assertThat(scene.isHeldOut()).isTrue();
      for (Group group : scene.cast()) {
        boolean unseen =
            !hues.get(group.family()).contains(group.hue())
                || !places.get(group.family()).contains(scene.place());
        boolean held = HeldOut.contains(group.family(), group.hue(), scene.place());
        assertThat(unseen || !held).as("%s at %s", group, scene.place()).isTrue();
        newPairs += held ? 1 : 0;
      }
    }
    assertThat(newPairs).isGreaterThanOrEqualTo(300);
  }
}
