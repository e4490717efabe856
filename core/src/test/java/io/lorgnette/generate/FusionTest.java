package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fusion in the decoder of a tiny BART with random weights. */
class FusionTest {

  private static final int END = 1;

  private EncoderDecoder model;
  private Scope scope;

  @BeforeEach
  void open() {
    model =
        EncoderDecoder.random(
            EncoderDecoderConfig.smallBart(23, 16, 2, 2, 2, 24, 20, END, 0), 7, Device.CPU);
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    model.close();
  }

  private static List<List<Prompt>> questions() {
    return List.of(
        List.of(Prompt.of(3, 4, 5), Prompt.of(6, 7, 8, 9, 10, 11), Prompt.of(12)),
        List.of(Prompt.of(13, 14)),
        List.of(Prompt.of(15, 16, 17, 18), Prompt.of(19, 20)));
  }

  /** Each input run alone, then put behind each other. */
  private Tensor independently(List<Prompt> inputs) {
    List<Tensor> states = new ArrayList<>();
    for (Prompt input : inputs) {
      Tensor embeddings = Tensors.cat(0, input.embed(model).toArray(Tensor[]::new)).unsqueeze(0);
      states.add(model.encode(embeddings, null));
    }
    return Tensors.cat(1, states.toArray(Tensor[]::new)); // [1, L, D]
  }

  @Test
  void theDecoderSeesTheStatesOfAllInputsBehindEachOther() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Fusion.States fused = Fusion.encode(model, questions());
      assertThat(Tensors.shape(fused.states())).containsExactly(3, 10, 16);
      for (int q = 0; q < 3; q++) {
        float[] expected = Tensors.toFloats(independently(questions().get(q)));
        int tokens = expected.length / 16;
        float[] found = Tensors.toFloats(fused.states().select(0, q).narrow(0, 0, tokens));
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
        }
        long real = 0;
        for (long one : Tensors.toLongs(fused.mask().select(0, q))) {
          real += one;
        }
        assertThat(real).isEqualTo(tokens);
      }
    }
  }

  @Test
  void neighboursAndTheirPaddingChangeNothing() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor ids = Tensors.ofLongs(new long[] {END, 5, 6, END, 5, 6, END, 5, 6}, 3, 3);
      CrossMemory together = Fusion.memory(model, questions());
      float[] all = Tensors.toFloats(model.decode(model.embed(ids), together));
      for (int q = 0; q < 3; q++) {
        Tensor one = Tensors.ofLongs(new long[] {END, 5, 6}, 1, 3);
        CrossMemory alone = model.memory(independently(questions().get(q)), null);
        float[] expected = Tensors.toFloats(model.decode(model.embed(one), alone));
        for (int i = 0; i < expected.length; i++) {
          assertThat(all[q * expected.length + i]).isCloseTo(expected[i], within(1e-5f));
        }
      }
    }
  }

  @Test
  void oneInputIsWhatAPromptIs() {
    Generator generator = new Generator(model);
    for (GenerationConfig config :
        List.of(GenerationConfig.greedy(6), GenerationConfig.beams(3, 6).withEos(END))) {
      List<Prompt> prompts = List.of(Prompt.of(3, 4, 5), Prompt.of(6, 7));
      List<Generation> expected = generator.generate(prompts, config);
      List<Generation> fused =
          generator.generateFused(prompts.stream().map(List::of).toList(), config);
      for (int i = 0; i < 2; i++) {
        assertThat(fused.get(i).ids()).isEqualTo(expected.get(i).ids());
        assertThat(fused.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-5));
      }
    }
  }

  @Test
  void anotherPassageIsSeen() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor ids = Tensors.ofLongs(new long[] {END, 5}, 1, 2);
      List<Prompt> first = List.of(Prompt.of(3, 4, 5), Prompt.of(6, 7));
      List<Prompt> other = List.of(Prompt.of(3, 4, 5), Prompt.of(6, 8));
      float[] a =
          Tensors.toFloats(model.decode(model.embed(ids), Fusion.memory(model, List.of(first))));
      float[] b =
          Tensors.toFloats(model.decode(model.embed(ids), Fusion.memory(model, List.of(other))));
      assertThat(a).isNotEqualTo(b);
    }
  }

  @Test
  void aDecoderAloneFusesNothing() {
    try (LanguageModel lm =
        LanguageModel.random(DecoderConfig.smallLlama(20, 16, 1, 2, 24, 20), 1, Device.CPU)) {
      assertThatThrownBy(
              () -> new Generator(lm).generateFused(questions(), GenerationConfig.greedy(2)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
