package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScorerTest {

  private static LanguageModel model(Golden golden) {
    return LanguageModel.load(golden.path("checkpoint"), Dtype.F32, Device.CPU);
  }

  private static int[] ids(Golden golden, int row) {
    return Arrays.stream(golden.longs("input_ids"), row * 11, (row + 1) * 11)
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** Log-probability of a token at a position of the reference's logits, in double precision. */
  private static double reference(float[] logits, int row, int width, int position, int id, int v) {
    int at = (row * width + position) * v;
    double sum = 0;
    for (int i = 0; i < v; i++) {
      sum += Math.exp(logits[at + i]);
    }
    return logits[at + id] - Math.log(sum);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void equalsTheReferencesLogitsOfAnEncoderDecoder(String family) {
    Engine.threads(1);
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        TextModel lm = TextModel.load(golden.path("checkpoint"), Dtype.F32, Device.CPU)) {
      int v = lm.vocabulary();
      List<Prompt> prompts = new ArrayList<>();
      List<int[]> continuations = new ArrayList<>();
      for (int row = 0; row < 2; row++) {
        long real = Arrays.stream(golden.longs("attention_mask"), row * 11, row * 11 + 11).sum();
        prompts.add(Prompt.of(Arrays.copyOf(ids(golden, row), (int) real)));
        // The labels up to the first that is none, and one less in the second row.
        continuations.add(
            Arrays.stream(golden.longs("labels"), row * 6, row * 6 + 6 - row)
                .takeWhile(label -> label >= 0)
                .mapToInt(Math::toIntExact)
                .toArray());
      }
      float[] logits = golden.floats("logits");
      List<Scorer.Score> scores = new Scorer(lm).score(prompts, continuations);
      for (int row = 0; row < 2; row++) {
        int[] ids = continuations.get(row);
        float[] found = scores.get(row).logProbabilities();
        assertThat(found).hasSize(ids.length).hasSizeGreaterThan(2);
        for (int t = 0; t < ids.length; t++) {
          assertThat((double) found[t])
              .isCloseTo(reference(logits, row, 6, t, ids[t], v), within(1e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "llama3", "mistral", "qwen2"})
  void equalsTheReferencesLogits(String family) {
    Engine.threads(1);
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        LanguageModel lm = model(golden)) {
      int v = lm.config().vocabulary();
      Tensor prefix = Tensors.ofFloats(golden.floats("prefix"), golden.shape("prefix"));
      List<Prompt> prompts = new ArrayList<>();
      List<int[]> continuations = new ArrayList<>();
      for (int row = 0; row < 2; row++) {
        // Unequal: 3 and 8 ids before, the rest is scored; and the whole text after a prefix.
        int cut = row == 0 ? 3 : 8;
        int[] ids = ids(golden, row);
        prompts.add(Prompt.of(Arrays.copyOf(ids, cut)));
        continuations.add(Arrays.copyOfRange(ids, cut, 11));
        prompts.add(Prompt.of(prefix.select(0, row)));
        continuations.add(ids);
      }
      List<Scorer.Score> scores = new Scorer(lm).score(prompts, continuations);
      float[] plain = golden.floats("logits");
      float[] prefixed = golden.floats("prefix.logits");
      for (int row = 0; row < 2; row++) {
        int cut = row == 0 ? 3 : 8;
        int[] ids = ids(golden, row);
        float[] found = scores.get(2 * row).logProbabilities();
        assertThat(found).hasSize(11 - cut);
        for (int t = cut; t < 11; t++) {
          assertThat((double) found[t - cut])
              .isCloseTo(reference(plain, row, 11, t - 1, ids[t], v), within(1e-4));
        }
        found = scores.get(2 * row + 1).logProbabilities();
        assertThat(found).hasSize(11);
        for (int t = 0; t < 11; t++) {
          assertThat((double) found[t])
              .isCloseTo(reference(prefixed, row, 16, 4 + t, ids[t], v), within(1e-4));
        }
      }
    }
  }

  @Test
  void perplexityIsTheExponentialOfTheMean() {
    Scorer.Score score = new Scorer.Score(new float[] {-1, -2, -0.5f, -0.5f});
    assertThat(score.sum()).isEqualTo(-4);
    assertThat(score.perToken()).isEqualTo(-1);
    assertThat(score.perplexity()).isEqualTo(Math.E);
  }

  @Test
  void refusesWhatCanNotBeScored() {
    Golden golden = Golden.open("goldens/gpt2");
    try (LanguageModel lm = model(golden)) { // 64 positions, 211 words
      Scorer scorer = new Scorer(lm);
      assertThat(scorer.score(List.of(), List.of())).isEmpty();
      assertThat(scorer.score(Prompt.of(new int[60]), new int[5]).logProbabilities()).hasSize(5);
      assertThatThrownBy(() -> scorer.score(Prompt.of(new int[60]), new int[6]))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("64 positions");
      assertThatThrownBy(() -> scorer.score(Prompt.of(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("continuation 0 is empty");
      assertThatThrownBy(() -> scorer.score(Prompt.of(1), 211))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id 211 in a continuation");
      assertThatThrownBy(() -> scorer.score(List.of(Prompt.of(1)), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("1 prompts do not go with 0 continuations");
    }
  }
}
