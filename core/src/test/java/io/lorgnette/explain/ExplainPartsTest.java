package io.lorgnette.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.explain.Explanation.Neighbour;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Words near a prefix, words of tokens, covered regions, wrong options. */
class ExplainPartsTest {

  private static final Tokenizer TOKENIZER =
      Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));

  @AfterAll
  static void close() {
    TOKENIZER.close();
  }

  @Test
  void theNearestWordOfAWordIsItself() {
    int dog = TOKENIZER.encode(" dog")[0];
    int last = TOKENIZER.vocabularySize() - 1;
    // Rows behind the tokenizer's words are no words.
    DecoderConfig config = DecoderConfig.smallLlama(last + 100, 24, 1, 2, 48, 96);
    try (Scope scope = Scope.open();
        LanguageModel lm = LanguageModel.random(config, 1, Device.CPU)) {
      Tensor ids = Tensors.ofLongs(new long[] {dog, 3, last + 50}, 1, 3);
      Tensor prefix = lm.embed(ids).squeeze(0).mul(new Scalar(3));
      List<PrefixToken> near = new NearestWords(lm, TOKENIZER, 4).of(prefix);
      assertThat(near).hasSize(3);
      Neighbour first = near.get(0).nearest().get(0);
      assertThat(first.id()).isEqualTo(dog);
      assertThat(first.text()).isEqualTo(" dog");
      assertThat(first.cosine()).isCloseTo(1, within(1e-5));
      assertThat(near.get(1).nearest().get(0).id()).isEqualTo(3);
      assertThat(near)
          .allSatisfy(
              token ->
                  assertThat(token.nearest())
                      .hasSize(4)
                      .allMatch(word -> word.id() <= last)
                      .isSortedAccordingTo((a, b) -> Double.compare(b.cosine(), a.cosine())));
      // The whole vocabulary is looked at, not its first part alone.
      assertThat(near.get(2).nearest().get(0).cosine()).isLessThan(0.999);
      assertThat(new NearestWords(lm, TOKENIZER, 0).of(prefix))
          .allSatisfy(token -> assertThat(token.nearest()).isEmpty());
    }
  }

  @Test
  void tokensAreCutIntoWords() {
    int[] ids = TOKENIZER.encode("A waterskier, smiling.");
    int stop = ids[ids.length - 1];
    List<SpokenWords.Span> spans = SpokenWords.of(TOKENIZER, ids, stop);
    assertThat(spans)
        .extracting(SpokenWords.Span::text)
        .containsExactly("A", "waterskier,", "smiling", ".");
    assertThat(spans.get(0).from()).isZero();
    for (int i = 1; i < spans.size(); i++) {
      assertThat(spans.get(i).from()).isEqualTo(spans.get(i - 1).to());
    }
    assertThat(spans.get(3).to()).isEqualTo(ids.length);
    assertThat(spans.get(1).to() - spans.get(1).from()).isGreaterThan(2);
    // A text that was cut off has no end of its own.
    assertThat(SpokenWords.of(TOKENIZER, ids, -1))
        .extracting(SpokenWords.Span::text)
        .containsExactly("A", "waterskier,", "smiling.");
    assertThat(spans.get(0).sum(new float[] {-2, 5, 5, 5, 5, 5, 5, 5})).isEqualTo(-2);
  }

  @Test
  void aRegionIsCoveredWithTheMeanAndNothingElse() {
    Regions regions = new Regions(5, 2);
    float[] pixels = new float[75];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i;
    }
    float[] covered = regions.covered(pixels, 1, 3);
    assertThat(covered).hasSize(150);
    for (int i = 0; i < 75; i++) {
      int y = i / 5 % 5;
      int x = i % 5;
      float mean = i / 25 * 25 + 12;
      assertThat(covered[i]).isEqualTo(y < 2 && x >= 2 ? mean : pixels[i]);
      assertThat(covered[75 + i]).isEqualTo(y >= 2 && x < 2 ? mean : pixels[i]);
    }
  }

  @Test
  void wrongOptionsAreRefused() {
    ExplainOptions usual = ExplainOptions.CAPTION;
    assertThatThrownBy(() -> usual.with(51, 7))
        .isInstanceOf(InputException.class)
        .hasMessage("neighbours must be 0 to 50, not 51");
    assertThatThrownBy(() -> usual.with(5, 17))
        .isInstanceOf(InputException.class)
        .hasMessage("regions must be 0 to 16, not 17");
    assertThatThrownBy(() -> usual.withQuestion(" ")).hasMessageContaining("question is empty");
    assertThatThrownBy(() -> usual.withText("")).hasMessageContaining("give it words");
  }
}
