package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.ExtraCaptionMetric.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parser itself; skipped where its models (378 MB) were not fetched. */
class CaptionParserTest {

  private static CaptionParser loaded;

  private CaptionParser parser;

  @TempDir private Path folder;

  @BeforeEach
  void load() {
    assumeTrue(Models.there(), "the parser's models are not here; fetch them with -Pspice-models");
    if (loaded == null) {
      loaded = CaptionParser.load();
    }
    parser = loaded;
  }

  @Test
  void parsesAreTheRecordedOnes() throws Exception {
    ParseCache recorded =
        ParseCache.open(Golden.parsesIn(folder.resolve("parses")), CaptionParser.IDENTITY, 1_000);
    List<String> captions = Golden.captions().map(row -> row.get("caption").asText()).toList();
    captions.parallelStream()
        .forEach(
            caption ->
                assertThat(parser.parse(caption))
                    .as(caption)
                    .isEqualTo(recorded.get(caption).orElseThrow()));
  }

  @Test
  void oddCaptionsAreParsedToo() {
    assertThat(parser.parse("")).isEmpty();
    assertThat(parser.parse(" ")).isEmpty();
    assertThat(parser.parse("a dog . a cat")).hasSize(2);
    assertThat(parser.parse("\ud83d\ude00 \u0000 \ufffd")).isNotNull();
    String long150 = String.join(" ", Collections.nCopies(30, "a dog and a cat"));
    assertThat(parser.parse(long150.substring(0, 150))).hasSize(1);
  }

  @Test
  void tooLongACaptionIsRefused() {
    String endless = String.join(" ", Collections.nCopies(CaptionParser.MAX_WORDS + 1, "dog"));
    assertThatThrownBy(() -> parser.parse(endless))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("151 words")
        .hasMessageContaining("--no-spice");
  }

  @Test
  void newCaptionsAreKeptAndReported() {
    List<Image> images =
        List.of(new Image("a dog runs", List.of("the dog is running", "a brown dog runs")));
    SpiceMetric metric = new SpiceMetric(folder, 100);
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    double[] first =
        metric.score(images, (done, all) -> heard.add(done + "/" + all)).perImage().get("SPICE");
    assertThat(heard).startsWith("0/3").endsWith("3/3").hasSize(4);
    heard.clear();
    double[] second =
        new SpiceMetric(folder, 100)
            .score(images, (done, all) -> heard.add(done + "/" + all))
            .perImage()
            .get("SPICE");
    assertThat(heard).isEmpty();
    assertThat(second).containsExactly(first);
  }
}
