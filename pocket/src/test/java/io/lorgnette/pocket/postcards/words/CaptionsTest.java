package io.lorgnette.pocket.postcards.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CaptionsTest {

  private static final int SCENES = 600;

  @Test
  void areFiveSentencesThatEndInOneStop() {
    for (int i = 0; i < SCENES; i++) {
      Scene scene = Director.scene(4, List.of(Split.values()).get(i % 3), i);
      List<String> captions = Captions.of(scene);
      assertThat(captions).hasSize(5).doesNotHaveDuplicates().isEqualTo(Captions.of(scene));
      for (String caption : captions) {
        assertThat(caption).matches("[A-Z][a-zA-Z, ]*[a-z]\\.").doesNotContain("  ");
        assertThat(caption.split(" ", -1).length).as(caption).isBetween(6, 20);
        assertThat(CaptionText.training(caption)).isEqualTo(caption);
        assertThat(caption.toLowerCase(Locale.ROOT))
            .as("article or repeated word")
            .doesNotContainPattern("\\ba [aeio]")
            .doesNotContainPattern("\\ban [^aeio]")
            .doesNotContainPattern("\\b(\\w+) \\1\\b");
      }
    }
  }

  @Test
  void everyWordIsTrueOfTheScene() {
    int claims = 0;
    for (int i = 0; i < SCENES; i++) {
      Scene scene = Director.scene(5, List.of(Split.values()).get(i % 3), i);
      for (String caption : Captions.of(scene)) {
        claims += new Truth(scene).check(caption);
      }
    }
    assertThat(claims).as("things, colours, counts, clothes, weather").isGreaterThan(9 * SCENES);
  }

  @Test
  void varyInWordsAndLength() {
    Set<String> distinct = new HashSet<>();
    Set<String> words = new TreeSet<>();
    Set<String> openings = new HashSet<>();
    Map<Integer, Integer> lengths = new TreeMap<>();
    for (int i = 0; i < SCENES; i++) {
      for (String caption : Captions.of(Director.scene(1, Split.TRAIN, i))) {
        distinct.add(caption);
        String[] tokens = caption.toLowerCase(Locale.ROOT).replaceAll("[.,]", "").split(" ", -1);
        words.addAll(List.of(tokens));
        openings.add(tokens[0] + " " + tokens[1]);
        lengths.merge(tokens.length, 1, Integer::sum);
      }
    }
    assertThat(distinct.size()).isGreaterThan((int) (0.95 * 5 * SCENES));
    assertThat(words.size()).isBetween(250, 500);
    assertThat(openings).hasSizeGreaterThan(100);
    assertThat(lengths.keySet()).contains(6, 8, 10, 12, 14, 16, 18);
    double mean =
        lengths.entrySet().stream().mapToInt(e -> e.getKey() * e.getValue()).sum() / (5.0 * SCENES);
    assertThat(mean).isBetween(8.5, 13.0);
  }
}
