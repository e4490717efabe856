package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WUPS over a WordNet of seven synsets, written by hand in its format. */
class WupsTest {

  @TempDir Path folder;
  private WordNetNouns nouns;

  @BeforeEach
  void write() throws Exception {
    // thing > furniture > seat > chair, bench; thing > leg (of people); furniture > leg (of a
    // table).
    // seat is also directly below thing: the shortest way to the root is not the longest.
    file(
        "data.noun",
        """
          1 This is no WordNet.
        00000001 03 n 01 thing 0 000 | what there is
        00000002 06 n 02 furniture 0 piece_of_furniture 0 001 @ 00000001 n 0000 | to use
        00000003 06 n 01 seat 0 002 @ 00000002 n 0000 @ 00000001 n 0000 | to sit on
        00000004 06 n 01 chair 0 002 @ 00000003 n 0000 ~ 00000005 n 0000 | for one
        00000005 06 n 02 bench 0 Long_Seat 0 001 @ 00000003 n 0000 | for more
        00000006 08 n 01 leg 0 001 @ 00000001 n 0000 | to walk on
        00000007 06 n 01 leg 0 001 @i 00000002 n 0000 | to stand on
        """);
    file(
        "index.noun",
        """
          1 This is no WordNet.
        bench n 1 1 @ 1 0 00000005
        chair n 1 2 @ ~ 1 0 00000004
        furniture n 1 1 @ 1 0 00000002
        leg n 2 1 @ 2 0 00000006 00000007
        long_seat n 1 1 @ 1 0 00000005
        seat n 1 1 @ 1 0 00000003
        thing n 1 0 1 0 00000001
        """);
    file("noun.exc", "legges leg\n");
    nouns = WordNetNouns.load(folder);
  }

  private void file(String name, String text) throws Exception {
    Files.writeString(folder.resolve(name), text, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    // By their shortest way seat and furniture are equally deep; furniture comes first by name, as
    // in NLTK, and is at depth 2: 2 * 2 / (2 + 2 + 2 + 2).
    "chair, bench, 0.5",
    "Chairs, long seat, 0.5",
    "benches, bench, 1",
    "chair, chair, 1",
    // furniture is at depth 2: 2 * 2 / (1 + 2 + 1 + 2), the second meaning of leg.
    "leg, seat, 0.6666666666666666",
    "legges, leg, 1",
    // thing is the root, depth 1; seat is one below it: 2 / (1 + 1).
    "thing, seat, 0.6666666666666666",
    "chair, wardrobe, 0",
    "chairss, chair, 0"
  })
  void likenessIsOfTheMostAlikeMeanings(String first, String second, double likeness) {
    assertThat(nouns.similarity(first, second)).isCloseTo(likeness, within(1e-12));
    assertThat(nouns.similarity(second, first)).isCloseTo(likeness, within(1e-12));
  }

  @Test
  void aSetIsTheProductOfItsThingsBestMatches() {
    Wups wups = new Wups(nouns, 0.6);
    assertThat(wups.score(Set.of("chair"), Set.of("chair"))).isEqualTo(1);
    assertThat(wups.score(Set.of("leg"), Set.of("seat"))).isCloseTo(2 / 3.0, within(1e-12));
    // Below the threshold a tenth counts.
    assertThat(wups.score(Set.of("chair"), Set.of("bench"))).isCloseTo(0.05, within(1e-12));
    // Both things that are not shared are 4/7 like the nearest one of the other set.
    assertThat(wups.score(Set.of("chair", "leg"), Set.of("chair", "bench")))
        .isCloseTo(0.4 / 7, within(1e-12));
    assertThat(wups.score(Set.of("chair", "leg"), Set.of("chair")))
        .isCloseTo(0.4 / 7, within(1e-12));
    assertThat(wups.score(Set.of(), Set.of("chair"))).isZero();
    assertThat(wups.score(Set.of("2"), Set.of("2"))).isEqualTo(1);
    assertThat(wups.score(Set.of("2"), Set.of("3"))).isZero();
  }

  @Test
  void daquarHasItBesideExactSets() {
    Map<String, DaquarAnswer> answers =
        Map.of("1", DaquarAnswer.of("i", "chair"), "2", DaquarAnswer.of("j", "bench, leg"));
    Map<String, String> results = Map.of("1", "bench", "2", "leg, bench");
    DaquarScores scores =
        DaquarScores.of(answers, results, Evaluated.REFERENCES, Optional.of(nouns));
    assertThat(scores.intervals(1, 50)).containsOnlyKeys("exact-set accuracy", "WUPS@0.9");
    assertThat(scores.intervals(1, 50).get("WUPS@0.9").value())
        .isCloseTo((0.05 + 1) / 2, within(1e-12));
    assertThat(scores.variants().get("WUPS@0.9")).contains("WordNet");
    DaquarScores without = DaquarScores.of(answers, results, Evaluated.REFERENCES);
    assertThat(without.intervals(1, 50)).containsOnlyKeys("exact-set accuracy");
    assertThat(without.overall()).isEqualTo(scores.overall()).isEqualTo(0.5);
  }

  @Test
  void damageIsNamed() throws Exception {
    assertThatThrownBy(() -> WordNetNouns.load(folder.resolve("gone")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone is not a folder");
    file("noun.exc", "");
    Files.writeString(folder.resolve("index.noun"), "chair n\n");
    assertThatThrownBy(() -> WordNetNouns.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("index.noun, line 1: not a line of WordNet");
    Files.writeString(
        folder.resolve("data.noun"), "00000002 06 n 01 a 0 001 @ 00000009 n 0000 |\n");
    Files.writeString(folder.resolve("index.noun"), "a n 1 0 1 0 00000002\n");
    assertThatThrownBy(() -> WordNetNouns.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the synset at 9 is missing, a hypernym of a");
    Files.delete(folder.resolve("data.noun"));
    assertThatThrownBy(() -> WordNetNouns.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.noun: can not be read");
  }
}
