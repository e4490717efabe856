package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DomainScoresTest {

  private static final List<String> WORDS =
      List.of("a red dog runs", "two boats at night", "a man on a hill", "the old barn", "a cat");

  private final Map<String, String> domains = new LinkedHashMap<>();
  private final Map<String, List<String>> references = new LinkedHashMap<>();
  private final Map<String, String> results = new LinkedHashMap<>();

  private void image(String id, String domain) {
    int number = references.size();
    if (domain != null) {
      domains.put(id, domain);
    }
    references.put(id, List.of(WORDS.get(number % 5), WORDS.get((number + 1) % 5) + " again"));
    results.put(id, WORDS.get(number * number % 5));
  }

  @Test
  void eachDomainIsScoredAsASetOfItsOwn() {
    for (int i = 0; i < 12; i++) {
      image("i" + i, List.of("out-domain", "other", "in-domain", "near-domain").get(i % 4));
    }
    image("none", null);
    Map<String, CaptionScores> scores =
        DomainScores.of(domains, references, results, CaptionOptions.defaults());
    assertThat(scores.keySet()).containsExactly("in-domain", "near-domain", "out-domain", "other");
    List<String> images = new ArrayList<>();
    for (Map.Entry<String, CaptionScores> domain : scores.entrySet()) {
      Map<String, List<String>> own = new LinkedHashMap<>(references);
      own.keySet().removeIf(image -> !domain.getKey().equals(domains.get(image)));
      Map<String, String> said = new LinkedHashMap<>(results);
      said.keySet().retainAll(own.keySet());
      CaptionScores alone = CaptionScores.of(own, said);
      assertThat(domain.getValue().corpus()).isEqualTo(alone.corpus());
      assertThat(domain.getValue().corpus().get("BLEU-1")).isPositive();
      images.addAll(domain.getValue().images());
    }
    assertThat(images).hasSize(12).doesNotHaveDuplicates().doesNotContain("none");
    results.keySet().removeIf(image -> !image.equals("i2"));
    assertThat(
            DomainScores.of(
                    domains, references, results, CaptionOptions.defaults().with(Evaluated.RESULTS))
                .keySet())
        .containsExactly("in-domain");
    assertThat(DomainScores.of(Map.of(), references, results, CaptionOptions.defaults())).isEmpty();
  }
}
