package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.ExtraCaptionMetric;
import io.lorgnette.metrics.ExtraCaptionMetric.Image;
import io.lorgnette.metrics.ExtraCaptionMetric.Listener;
import io.lorgnette.metrics.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpiceMetricTest {

  private static final int CAPTIONS = 1_000;

  @TempDir private Path folder;

  private SpiceMetric metric() throws Exception {
    return new SpiceMetric(Golden.parsesIn(folder.resolve("parses")), CAPTIONS);
  }

  @Test
  void theServiceLoaderFindsIt() {
    assertThat(ExtraCaptionMetric.onClassPath()).hasExactlyElementsOfTypes(SpiceMetric.class);
    assertThat(ExtraCaptionMetric.onClassPath().get(0).name()).isEqualTo("SPICE");
  }

  @Test
  void theCorpusScoreIsTheMeanOverImagesWithAnInterval() throws Exception {
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    double sum = 0;
    int images = 0;
    for (var row : Golden.images().limit(65).toList()) {
      Image image = Golden.image(row);
      String id = row.get("image").asText();
      references.put(id, image.references());
      results.put(id, image.result());
      sum += row.get("scores").get("SPICE").asDouble();
      images++;
    }
    CaptionOptions options =
        CaptionOptions.defaults()
            .with(CaptionTokens.WHITESPACE)
            .with(List.of(metric()), Listener.NONE);
    CaptionScores scores = CaptionScores.of(references, results, options);
    assertThat(scores.corpus().get("SPICE")).isCloseTo(sum / images, within(1e-12));
    Interval interval = scores.interval("SPICE", 1, 200);
    assertThat(interval.low()).isLessThan(interval.value());
    assertThat(interval.high()).isGreaterThan(interval.value());
    assertThat(scores.variants()).containsEntry("SPICE", SpiceMetric.VARIANT);
  }

  @Test
  void severalThreadsAtOnceGiveTheSame() throws Exception {
    SpiceMetric metric = metric();
    List<Image> images = Golden.images().map(Golden::image).toList();
    double[] once = metric.score(images, Listener.NONE).perImage().get("SPICE");
    List<double[]> more = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                double[] values = metric.score(images, Listener.NONE).perImage().get("SPICE");
                synchronized (more) {
                  more.add(values);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(more).hasSize(4);
    more.forEach(values -> assertThat(Arrays.equals(values, once)).isTrue());
  }

  @Test
  void withoutModelsANewCaptionIsRefusedInOneSentence() throws Exception {
    assumeFalse(Models.there(), "the models are on the class path");
    SpiceMetric metric = metric();
    List<Image> images = List.of(new Image("a caption nobody has parsed", List.of("a boat")));
    assertThatThrownBy(() -> metric.score(images, Listener.NONE))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("-Pspice-models")
        .hasMessageContaining("LORGNETTE_CLASSPATH")
        .hasMessageNotContaining("\n");
  }
}
