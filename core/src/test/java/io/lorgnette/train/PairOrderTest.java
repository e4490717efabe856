package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.train.TextOrder.Item;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairOrderTest {

  private static final int[] COUNTS = {5, 0, 1, 2, 5, 0, 3, 5};

  @Test
  void aBatchHasDifferentImages() {
    PairOrder order = new PairOrder(COUNTS, 4, 3);
    assertThat(order.perEpoch()).isEqualTo(1);
    for (long number = 0; number < 30; number++) {
      List<Item> items = order.batch(number);
      assertThat(items).hasSize(4);
      assertThat(items.stream().map(Item::image).distinct().count()).isEqualTo(4);
      for (Item item : items) {
        assertThat(item.text()).isBetween(0, COUNTS[item.image()] - 1);
      }
    }
  }

  @Test
  void everyImageIsShownOnceAnEpochAndEveryTextInTurn() {
    PairOrder order = new PairOrder(COUNTS, 3, 3);
    assertThat(order.perEpoch()).isEqualTo(2);
    Set<Item> shown = new HashSet<>();
    for (int epoch = 0; epoch < 5; epoch++) {
      Set<Integer> images = new HashSet<>();
      for (int i = 0; i < 2; i++) {
        for (Item item : order.batch(2L * epoch + i)) {
          images.add(item.image());
          shown.add(item);
        }
      }
      assertThat(images).containsExactlyInAnyOrder(0, 2, 3, 4, 6, 7);
    }
    assertThat(shown).hasSize(5 + 1 + 2 + 5 + 3 + 5);
  }

  @Test
  void dependsOnSeedAndNumberAlone() {
    PairOrder order = new PairOrder(COUNTS, 2, 3);
    List<List<Item>> forward = new ArrayList<>();
    for (long number = 0; number < 12; number++) {
      forward.add(order.batch(number));
    }
    for (int number = 11; number >= 0; number--) {
      assertThat(new PairOrder(COUNTS, 2, 3).batch(number)).isEqualTo(forward.get(number));
    }
    assertThat(new PairOrder(COUNTS, 2, 4).batch(0)).isNotEqualTo(forward.get(0));
    assertThat(forward.get(3)).isNotEqualTo(forward.get(0)); // another epoch, another order
  }

  @Test
  void tooFewImagesAreRefused() {
    assertThatThrownBy(() -> new PairOrder(COUNTS, 7, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("7 different images but only 6");
  }
}
