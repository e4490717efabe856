package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts that begin alike, with examples say, are answered as each alone. */
class SharedBeginningTest {

  @ParameterizedTest
  @CsvSource({"llama, 1", "llama, 3", "gpt2, 1", "gpt2, 3", "opt, 2", "gpt-j, 1"})
  void answersAreThoseOfEachAlone(String family, int beams) {
    Engine.threads(1);
    Engine.seed(1);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm =
            LanguageModel.load(
                Golden.resource("goldens/" + family + "/checkpoint"), Dtype.F32, Device.CPU)) {
      Generator generator = new Generator(lm);
      Tensor seen = torch.randn(3, 4, lm.width());
      Prompt examples = Prompt.of(seen.select(0, 0)).then(3, 4, 5).then(seen.select(0, 1)).then(6);
      List<Prompt> prompts =
          List.of(
              examples.then(7, 8, 9),
              examples.then(seen.select(0, 2)).then(10),
              // The same memory through another view of it.
              Prompt.of(seen.select(0, 0)).then(3, 4, 5).then(seen.select(0, 1)).then(6).then(11));
      assertThat(Prompt.partsInCommon(prompts)).isEqualTo(4);
      GenerationConfig config = GenerationConfig.beams(beams, 6);
      List<Generation> together = generator.generate(prompts, config);
      for (int i = 0; i < prompts.size(); i++) {
        Generation alone = generator.generate(prompts.get(i), config);
        assertThat(together.get(i).ids()).isEqualTo(alone.ids());
        assertThat(together.get(i).score()).isCloseTo(alone.score(), within(1e-4));
      }
    }
  }

  @Test
  void whatDiffersIsNotShared() {
    try (Scope scope = Scope.open()) {
      Tensor seen = Tensors.zeros(Dtype.F32, Device.CPU, 2, 4, 8);
      Prompt one = Prompt.of(seen.select(0, 0));
      Prompt other = Prompt.of(seen.select(0, 1)); // equal numbers elsewhere
      assertThat(Prompt.partsInCommon(List.of(one.then(1), other.then(1)))).isZero();
      assertThat(Prompt.partsInCommon(List.of(one.then(1), one.then(2)))).isEqualTo(1);
      assertThat(Prompt.partsInCommon(List.of(one, one))).isZero();
      assertThat(Prompt.partsInCommon(List.of(one.then(1), one))).isZero();
      Prompt nothing = Prompt.of();
      assertThat(Prompt.partsInCommon(List.of(nothing.then(1), nothing.then(2)))).isZero();
      Prompt looking = one.thenImage(seen.select(0, 1), 3);
      assertThat(Prompt.partsInCommon(List.of(looking.then(1), looking.then(2)))).isZero();
    }
  }
}
