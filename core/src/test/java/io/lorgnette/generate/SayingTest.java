package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that have an encoder-decoder say something, with more for its decoder to look at. */
class SayingTest {

  private static final int WIDTH = 16;

  private static EncoderDecoder model() {
    EncoderDecoder model =
        EncoderDecoder.random(
            EncoderDecoderConfig.smallBart(40, WIDTH, 1, 2, 2, 32, 24, 1, 0), 7, Device.CPU);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor : model.parameters().where(name -> !name.contains("norm"))) {
        tensor.mul_(new Scalar(20.0));
      }
    }
    return model;
  }

  private static Tensor states(int count, int seed) {
    float[] values = new float[count * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(seed + 1.3 * i * i);
    }
    return Tensors.ofFloats(values, count, WIDTH);
  }

  /** What a model said goes on in the same way when it is given as said, among other prompts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void goesOnFromWhatIsSaid(int beams) {
    try (Scope scope = Scope.open();
        EncoderDecoder model = model()) {
      Prompt first = Prompt.of(5, 6, 7).beside(states(2, 1));
      Prompt second = Prompt.of(9, 8);
      Generator generator = new Generator(model);
      int[] all = generator.generate(first, GenerationConfig.greedy(7)).ids();
      Prompt said = first.saying(all[0]).saying(all[1], all[2]);
      GenerationConfig more = GenerationConfig.beams(beams, 4);
      List<String> heard = new ArrayList<>();
      List<Generation> among =
          generator
              .generateAll(
                  List.of(second, said, second), more, (row, id) -> heard.add(row + ":" + id))
              .stream()
              .map(answers -> answers.get(0))
              .toList();
      Generation alone = generator.generate(said, more);
      assertThat(among.get(1).ids()).isEqualTo(alone.ids());
      assertThat(among.get(0).ids()).isEqualTo(among.get(2).ids());
      assertThat(among.get(0).ids()).isEqualTo(generator.generate(second, more).ids());
      for (int row = 0; row < 3; row++) {
        String start = row + ":";
        assertThat(heard.stream().filter(line -> line.startsWith(start)).toList())
            .isEqualTo(Arrays.stream(among.get(row).ids()).mapToObj(id -> start + id).toList());
      }
      if (beams == 1) {
        assertThat(alone.ids()).isEqualTo(Arrays.copyOfRange(all, 3, 7));
      }
      assertThat(alone.logProbabilityPerToken())
          .isCloseTo(logProbability(model, all, alone.ids()), within(1e-4));
    }
  }

  /** By a whole pass over what the first prompt sees. */
  private static double logProbability(EncoderDecoder model, int[] all, int[] more) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor encoded =
          model.encode(model.embed(Tensors.ofInts(new int[] {5, 6, 7}).view(1, 3)), null);
      Tensor seen = Tensors.cat(1, states(2, 1).unsqueeze(0), encoded);
      int[] written = {1, all[0], all[1], all[2], more[0], more[1], more[2]};
      Tensor hidden =
          model.decode(model.embed(Tensors.ofInts(written).view(1, 7)), model.memory(seen, null));
      float[] chances =
          Tensors.toFloats(torch.log_softmax(model.logits(hidden), 2).contiguous().view(-1));
      double sum = 0;
      for (int i = 0; i < 4; i++) {
        sum += chances[(3 + i) * model.vocabulary() + more[i]];
      }
      return sum / 4;
    }
  }

  @Test
  void statesBesideArePartOfWhatIsSeen() {
    try (Scope scope = Scope.open();
        EncoderDecoder model = model()) {
      Prompt words = Prompt.of(5, 6, 7);
      Generator generator = new Generator(model);
      GenerationConfig greedy = GenerationConfig.greedy(6);
      Prompt both = words.beside(states(1, 1)).beside(states(2, 4));
      Prompt joined = words.beside(Tensors.cat(0, states(1, 1), states(2, 4)));
      Generation seen = generator.generate(both, greedy);
      assertThat(seen.ids()).isEqualTo(generator.generate(joined, greedy).ids());
      assertThat(seen.logProbabilityPerToken())
          .isNotEqualTo(generator.generate(words, greedy).logProbabilityPerToken());
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Scope scope = Scope.open();
        EncoderDecoder model = model();
        LanguageModel decoder =
            LanguageModel.random(
                DecoderConfig.smallLlama(40, WIDTH, 1, 2, 32, 24), 1, Device.CPU)) {
      GenerationConfig greedy = GenerationConfig.greedy(20);
      Prompt said = Prompt.of(5).saying(1, 2, 3, 4, 5);
      assertThatThrownBy(() -> new Generator(model).generate(said, greedy))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("an answer of 25");
      assertThatThrownBy(() -> new Generator(decoder).generate(Prompt.of(5).saying(1), greedy))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("only an encoder-decoder");
      assertThatThrownBy(() -> Prompt.of(5).beside(states(2, 1).unsqueeze(0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[1, 2, 16]");
    }
  }
}
