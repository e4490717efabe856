package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.metrics.ExtraCaptionMetric.Listener;
import io.lorgnette.metrics.ExtraCaptionMetric.Scores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything but the parser itself, whose parses are recorded, against SPICE 1.0. */
class SpiceGoldenTest {

  private static SpiceMetric metric;

  @BeforeAll
  static void open(@TempDir Path folder) throws Exception {
    metric = new SpiceMetric(Golden.parsesIn(folder), 1_000);
  }

  @Test
  void everyCaptionSaysTheSame() {
    List<JsonNode> captions = Golden.captions().toList();
    assertThat(captions).hasSize(324);
    for (JsonNode row : captions) {
      String caption = row.get("caption").asText();
      assertThat(Golden.texts(metric.tuples(List.of(caption))))
          .as(caption)
          .isEqualTo(Golden.tuples(row));
    }
  }

  @Test
  void theReferencesOfAnImageSayTheSameTogether() {
    Golden.images()
        .forEach(
            row ->
                assertThat(Golden.texts(metric.tuples(Golden.image(row).references())))
                    .as(row.get("image").asText())
                    .isEqualTo(Golden.tuples(row)));
  }

  @Test
  void everyScoreOfEveryImageIsTheSame() {
    List<JsonNode> images = Golden.images().toList();
    assertThat(images).hasSize(192);
    Scores scores = metric.score(images.stream().map(Golden::image).toList(), Listener.NONE);
    assertThat(scores.perImage().keySet())
        .containsExactly(
            "SPICE",
            "SPICE precision",
            "SPICE recall",
            "SPICE object",
            "SPICE attribute",
            "SPICE relation",
            "SPICE colour",
            "SPICE count",
            "SPICE size");
    scores
        .perImage()
        .forEach(
            (name, values) -> {
              for (int i = 0; i < values.length; i++) {
                String what = name + " of image " + images.get(i).get("image").asText();
                JsonNode expected = images.get(i).get("scores").get(name);
                if (expected.isNull()) {
                  assertThat(values[i]).as(what).isNaN();
                } else {
                  assertThat(values[i]).as(what).isCloseTo(expected.asDouble(), within(1e-9));
                }
              }
            });
  }
}
