package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.QFormerMapper;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.nn.Dropout;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that only one method has. */
class MethodSettingsTest {

  private static final int[] NO_PROMPT = {};

  @TempDir Path folder;

  private static MethodConfig config(MethodKind kind, String yaml) {
    return RecipeReader.readText(yaml, "test", List.of(), kind::config).value();
  }

  private static double loss(Method method, Tensor input, int... target) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      TrainingBatch batch = new TrainingBatch(input, List.of(new Text(0, NO_PROMPT, target)));
      return Tensors.value(method.loss(batch, Objective.VALIDATION));
    }
  }

  /** Padded with 0, the published ClipCap never learns to write what 0 stands for. */
  @Test
  void clipCapReadsTheTokenZeroButDoesNotLearnIt() {
    String sizes = "length: 3\nlayers: 2\nheads: 4\n";
    MethodConfig plain = config(MethodKind.CLIP_CAP, sizes);
    MethodConfig published = config(MethodKind.CLIP_CAP, sizes + "zero_is_padding: true");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(plain);
        Method all = plain.start(tiny.get(), 3);
        Method some = published.start(tiny.get(), 3)) {
      Tensor input = tiny.input(1, 3);
      // Sums of log-probabilities, by the chain rule: "40 0 41" minus what "0" has in it.
      double three = 3 * loss(all, input, 40, 0, 41);
      double zero = 2 * loss(all, input, 40, 0) - loss(all, input, 40);
      assertThat(2 * loss(some, input, 40, 0, 41)).isCloseTo(three - zero, within(1e-4));
      assertThat(loss(some, input, 40, 41)).isEqualTo(loss(all, input, 40, 41));

      TrainingBatch batch =
          new TrainingBatch(input, List.of(new Text(0, NO_PROMPT, new int[] {40, 0, 41})));
      assertThat(batch.targetTokens(published)).isEqualTo(2);
      assertThat(batch.targetTokens(plain)).isEqualTo(3);
    }
  }

  private static final String EYES =
      "qformer: {queries: 3, width: 24, layers: 2, heads: 4, hidden: 48, dropout: 0}\n";

  /** {@code ###Human: <Img>image</Img> request###Assistant: answer}. */
  @Test
  void miniGpt4PutsAnImageBetweenAHumansWords() {
    MethodConfig config =
        config(MethodKind.MINIGPT4, EYES + "template: chat\nrequest: What is it?\nend: .");
    MethodConfig plain = config(MethodKind.MINIGPT4, EYES + "end: .");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = new TinyBackbones(1);
        Method blip2 = config(MethodKind.BLIP2, EYES).start(tiny.get(), 3)) {
      Path file = folder.resolve("blip2.safetensors");
      ConnectorCheckpoint.save(file, blip2, "abc", 7, "0.1");
      try (Checkpoint checkpoint = Checkpoint.open(file);
          Method chat = config.startFrom(checkpoint, tiny.get(), 3).orElseThrow();
          Method bare = plain.startFrom(checkpoint, tiny.get(), 3).orElseThrow()) {
        Tokenizer words = tiny.get().tokenizer();
        int[] human = words.encode("###Human: <Img>");
        Tensor features = TinyBackbones.features(2, 5);
        Tensor seen = chat.see(features);
        assertThat(seen.size(1)).isEqualTo(human.length + 3).isEqualTo(chat.imageLength());
        float[] said = Tensors.toFloats(tiny.lm().embed(Tensors.ofInts(human)));
        for (int image = 0; image < 2; image++) {
          Tensor row = seen.select(0, image);
          assertThat(Tensors.toFloats(row.narrow(0, 0, human.length))).containsExactly(said);
          assertThat(Tensors.toFloats(row.narrow(0, human.length, 3)))
              .containsExactly(Tensors.toFloats(bare.see(features).select(0, image)));
        }
        assertThat(words.decode(chat.prompts().beforeCaption(), false))
            .isEqualTo("</Img> What is it?###Assistant: ");
        assertThat(words.decode(chat.prompts().question("Why?"), false))
            .isEqualTo("</Img> Why?###Assistant: ");
        assertThat(bare.prompts().beforeCaption()).isEmpty();
        // What the queries saw is what BLIP-2's saw, before another linear map.
        Tensor queries = bare.see(features).sub(bare.trained().get("mapper.out.bias"));
        Tensor weight = bare.trained().get("mapper.out.weight").t(); // [d, D], d = D here
        Tensor back = torch.linalg_solve(weight.t(), queries.transpose(1, 2)).transpose(1, 2);
        Tensor again =
            back.matmul(blip2.trained().get("out.weight").t()).add(blip2.trained().get("out.bias"));
        assertThat(Tensors.toFloats(again))
            .containsExactly(Tensors.toFloats(blip2.see(features)), within(2e-3f));
      }
    }
  }

  /** {@code [image seen with the words] words}; other words, another image. */
  @Test
  void instructBlipSeesWhatItIsAskedFor() {
    MethodConfig config =
        config(
            MethodKind.INSTRUCT_BLIP,
            EYES + "text: {vocabulary: 50257, positions: 6}\nrequest: A photo of");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = new TinyBackbones(1);
        Method method = config.start(tiny.get(), 3)) {
      method.trained().asMap().forEach((name, t) -> t.mul_(new Scalar(1.5)));
      Tensor seen = method.see(TinyBackbones.features(1, 5)).select(0, 0);
      InstructBlip eyes = (InstructBlip) method;
      Tensor first = eyes.look(seen, method.prompts().question("What?"));
      Tensor other = eyes.look(seen, method.prompts().question("Why?"));
      assertThat(largestDifference(first, other)).isGreaterThan(1e-3f);
      // By the mapper alone, with the words in its own hands.
      QFormerMapper mapper =
          new QFormerMapperConfig(
                  ((InstructBlip.Config) config)
                      .qformer()
                      .between(TinyBackbones.WIDTH, new TextSide(50_257, 6)),
                  TinyBackbones.LM_WIDTH,
                  true)
              .of(method.trained());
      int[] words = Arrays.copyOf(method.prompts().question("What?"), 6);
      assertThat(method.prompts().question("What?")).startsWith(words).hasSizeGreaterThan(5);
      Tensor again =
          mapper.map(seen.unsqueeze(0), Tensors.ofInts(words).unsqueeze(0), null, Dropout.NONE);
      assertThat(largestDifference(first, again.select(0, 0))).isLessThan(1e-5f);
      // A shot is seen with its own question.
      Prompt few = method.answer(seen, "Why?", List.of(new Method.Shot(seen, "What?", "a cat")));
      int shot = method.prompts().shot("What?", "a cat").length;
      assertThat(few.length())
          .isEqualTo(2 * 3 + shot + method.prompts().questionAfterShots("Why?").length);
    }
  }

  private static float largestDifference(Tensor one, Tensor other) {
    float[] a = Tensors.toFloats(one);
    float[] b = Tensors.toFloats(other);
    float most = 0;
    for (int i = 0; i < b.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  @Test
  void instructBlipKnowsEveryWord() {
    MethodConfig config =
        config(MethodKind.INSTRUCT_BLIP, EYES + "text: {vocabulary: 50, positions: 6}");
    try (TinyBackbones tiny = new TinyBackbones(1)) {
      assertThatThrownBy(() -> config.start(tiny.get(), 3))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("text.vocabulary is 50 but")
          .hasMessageContaining("tokens, which the Q-Former reads");
    }
  }

  @Test
  void miniGpt4NeedsAQFormer() {
    MethodConfig config = config(MethodKind.MINIGPT4, EYES + "end: .");
    try (TinyBackbones tiny = new TinyBackbones(1)) {
      assertThatThrownBy(() -> config.start(tiny.get(), 3))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("goes on from a trained Q-Former");
    }
  }

  @Test
  void withoutQFormerNeighbouringPatchesAreJoined() {
    MethodConfig config = config(MethodKind.MINIGPT4, "source: patches\njoined: 5\nend: .");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = new TinyBackbones(1);
        Method method = config.start(tiny.get(), 3)) {
      Tensor features = TinyBackbones.features(2, 5); // five tokens become one
      Tensor expected =
          features
              .reshape(2, 1, 5L * TinyBackbones.WIDTH)
              .matmul(method.trained().get("mapper.out.weight").t())
              .add(method.trained().get("mapper.out.bias"));
      assertThat(Tensors.toFloats(method.see(features)))
          .containsExactly(Tensors.toFloats(expected), within(1e-5f));
    }
  }

  @Test
  void frozenMayStartFromTheBackbone() {
    MethodConfig config = config(MethodKind.FROZEN, "encoder_start: backbone\nembeddings: 2");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method frozen = config.start(tiny.get(), 3)) {
      Tensor input = tiny.input(2, 3);
      Tensor pooled = tiny.get().eyes().encode(PixelEncoder.pixels(input)); // [2, 1, C]
      assertThat(Tensors.shape(pooled)).containsExactly(2, 1, 2L * TinyBackbones.WIDTH);
      Tensor weight = frozen.trained().get("mapper.out.weight");
      Tensor bias = frozen.trained().get("mapper.out.bias");
      Tensor expected = pooled.matmul(weight.t()).add(bias).view(2, 2, TinyBackbones.LM_WIDTH);
      assertThat(Tensors.toFloats(frozen.see(input)))
          .containsExactly(Tensors.toFloats(expected), within(1e-5f));
      // The backbone's own weights are copied, not trained.
      frozen.trained().trainable(true);
      assertThat(tiny.get().eyes().parameters().tensors()).noneMatch(Tensor::requires_grad);
    }
  }
}
