package io.lorgnette.pocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explanation;
import io.lorgnette.explain.Explanation.Word;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded pair looks at a postcard, and tells how. */
class ExplainTest {

  private static final GenerationConfig SEARCH = GenerationConfig.beams(2, 20);

  @TempDir static Path folder;
  private static VisionLanguageModel model;
  private static RgbImage card;

  @BeforeAll
  static void open() throws Exception {
    Path cards = Postcards.writeTo(folder, new Postcards.Sizes(1, 0, 0), 3, (done, total) -> {});
    try (Stream<Path> files = Files.list(cards.resolve("train"))) {
      card = ImageReader.read(files.findFirst().orElseThrow());
    }
    model =
        VisionLanguageModel.load(
            Pocket.vision(),
            Pocket.languageModel(),
            Pocket.connector("captions"),
            Numerics.choose(Device.CPU, Numerics.Format.F32, 1));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void explainsItsCaption() {
    ExplainOptions options = ExplainOptions.CAPTION.with(3, 3).with(SEARCH);
    Explanation explained = model.explain(card, options);
    Utterance said = model.captions(List.of(card), SEARCH).get(0);
    assertThat(explained.said()).isEqualTo(said.text());
    assertThat(explained.seeing()).isCloseTo(said.score() * said.tokens(), within(1e-2));
    assertThat(explained.seeing()).isGreaterThan(explained.blindly() + 1);
    String words = explained.words().stream().map(Word::text).collect(Collectors.joining(" "));
    assertThat(words.replace(" .", ".")).isEqualTo(said.text());
    // EfficientNet-lite's last map at 224 pixels.
    assertThat(explained.visualTokens()).isEqualTo(49);
    assertThat(explained.attention().rows()).isEqualTo(7);
    assertThat(explained.attention().maps())
        .hasSize(explained.prefixLength())
        .allSatisfy(map -> assertThat(map).hasSize(49));
    assertThat(explained.prefix())
        .hasSize(explained.prefixLength())
        .allSatisfy(token -> assertThat(token.nearest()).hasSize(3));
    assertThat(explained.seen().width()).isEqualTo(224);
  }

  /** What is true of the photo is less probable when all of it that matters is covered. */
  @Test
  void explainsOtherWordsWithTheSameNumbers() {
    ExplainOptions options = ExplainOptions.CAPTION.with(0, 1).with(SEARCH);
    String caption = model.captions(List.of(card), SEARCH).get(0).text();
    Explanation given = model.explain(card, options.withText(caption));
    Explanation own = model.explain(card, options);
    assertThat(given.said()).isEqualTo(caption);
    assertThat(given.seeing()).isCloseTo(own.seeing(), within(1e-3));
    assertThat(given.time().write()).isZero();
    double lost = own.words().stream().mapToDouble(word -> word.lost().get(0)).sum();
    assertThat(lost).isPositive();
    Explanation wrong = model.explain(card, options.withText("Twelve purple keyboards melt."));
    assertThat(wrong.seeing()).isLessThan(own.seeing() - 10);
    assertThat(own.prefix()).allSatisfy(token -> assertThat(token.nearest()).isEmpty());
  }
}
