package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptionSumsTest {

  private static final Map<String, List<String>> REFERENCES =
      Map.of(
          "1", List.of("A red dog runs on the grass.", "The dog is red."),
          "2", List.of("A boat on the sea."),
          "3", List.of("The red boat is small.", "A small boat on the water.", "A boat."),
          "4", List.of("Two dogs on a boat."));
  private static final Map<String, String> RESULTS =
      Map.of(
          "1", "A red dog on the grass.",
          "2", "A red boat on the sea is small.",
          "3", "A small boat.",
          "4", "A dog.");

  private static CaptionScores part(List<String> images, CaptionOptions options) {
    Map<String, List<String>> references = new HashMap<>();
    Map<String, String> results = new HashMap<>();
    for (String image : images) {
      references.put(image, REFERENCES.get(image));
      results.put(image, RESULTS.get(image));
    }
    return CaptionScores.of(references, results, options);
  }

  @Test
  void partsAddUpToTheWhole() {
    CaptionOptions options =
        CaptionOptions.defaults()
            .with(DocumentFrequencies.ofReferences("all", REFERENCES, CaptionTokens.PTB));
    CaptionSums sums =
        part(List.of("1", "4"), options).sums().plus(part(List.of("2", "3"), options).sums());
    CaptionScores whole = CaptionScores.of(REFERENCES, RESULTS);
    assertThat(sums.images()).isEqualTo(4);
    assertThat(sums.references()).isEqualTo(7);
    assertThat(sums.corpus().keySet()).containsExactlyElementsOf(whole.metrics());
    whole
        .corpus()
        .forEach(
            (metric, score) ->
                assertThat(sums.corpus().get(metric)).as(metric).isEqualTo(score, within(1e-12)));
  }

  @Test
  void sumsOfOtherWordListsAreNotAdded() {
    CaptionSums sums = CaptionScores.of(REFERENCES, RESULTS).sums();
    CaptionSums other =
        new CaptionSums(1, 1, 0, sums.bleu(), 0, 0, "METEOR of another kind", sums.meteor());
    assertThatThrownBy(() -> sums.plus(other)).hasMessageContaining("METEOR of another kind");
  }

  @Test
  void anImagesNGramsCountOnce() {
    assertThat(DocumentFrequencies.grams(List.of("a dog", "a a dog"), CaptionTokens.WHITESPACE))
        .containsExactlyInAnyOrder("a", "dog", "a dog", "a a", "a a dog");
  }
}
