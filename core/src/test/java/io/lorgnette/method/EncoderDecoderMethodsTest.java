package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefix methods in front of models that read with an encoder and write with a decoder. */
class EncoderDecoderMethodsTest {

  private static final String SIZES =
      "mapper: {width: 16, prefix_length: 3, layers: 1, heads: 2, feed_forward: 16, dropout: 0}";

  private static MethodConfig config(String method) {
    String sizes =
        method.equals("blip2")
            ? "qformer: {queries: 3, width: 16, layers: 2, heads: 2, hidden: 16, dropout: 0}"
            : SIZES;
    return RecipeReader.readText(sizes, "test", List.of(), MethodKind.named(method, "test")::config)
        .value();
  }

  private static Backbones backbones(EncoderDecoder model, Tokenizer tokenizer) {
    EncoderSpec encoder = new EncoderSpec("eyes", "random:1", "none", 20, 5, 100);
    return Backbones.of(encoder, "model", model, tokenizer);
  }

  @ParameterizedTest
  @CsvSource({"t5, mapl", "flan-t5, blip2", "bart, fine-tune"})
  void agreesWithProbabilitiesTakenOneByOne(String folder, String name) {
    MethodConfig config = config(name);
    try (Scope scope = Scope.open();
        EncoderDecoder model =
            EncoderDecoder.load(
                Golden.resource("goldens/" + folder + "/checkpoint"), Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));
        Method method = config.start(backbones(model, tokenizer), 2)) {
      Tensor features = TinyBackbones.features(2, 3);
      int[] prompt = {10, 11};
      int[] target = {5, 6, 7};
      List<Text> texts =
          List.of(new Text(1, prompt, target), new Text(0, new int[0], new int[] {8}));
      double both = loss(method, new TrainingBatch(features, texts));

      Tensor seen = method.see(features);
      double sum = cost(model, seen.select(0, 1), prompt, target);
      sum += cost(model, seen.select(0, 0), new int[0], new int[] {8});
      assertThat(both).isCloseTo(sum / 4, within(1e-4));
    }
  }

  private static double loss(Method method, TrainingBatch batch) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(method.loss(batch, Objective.VALIDATION));
    }
  }

  /** The model is run anew for every token. */
  private static double cost(EncoderDecoder model, Tensor seen, int[] prompt, int[] target) {
    Tensor source =
        prompt.length == 0
            ? seen.unsqueeze(0)
            : Tensors.cat(
                1, seen.unsqueeze(0), model.embed(Tensors.ofInts(prompt).view(1, prompt.length)));
    Tensor encoded = model.encode(source, null);
    double sum = 0;
    for (int i = 0; i < target.length; i++) {
      int[] before = new int[i + 1];
      before[0] = model.config().start();
      System.arraycopy(target, 0, before, 1, i);
      Tensor words = model.embed(Tensors.ofInts(before).view(1, i + 1));
      Tensor hidden = model.decode(words, model.memory(encoded, null)).select(1, i);
      Tensor chances = torch.log_softmax(model.logits(hidden), 1);
      sum -= Tensors.toFloats(chances)[target[i]];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "bart"})
  void captionsAndAnswers(String folder) {
    try (Scope scope = Scope.open();
        EncoderDecoder model =
            EncoderDecoder.load(
                Golden.resource("goldens/" + folder + "/checkpoint"), Dtype.F32, Device.CPU)) {
      int ids = model.vocabulary();
      assertThat(ids).isPositive();
      try (Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/t5"));
          Method method = config("mapl").start(backbones(model, tokenizer), 2)) {
        Speaker speaker = new Speaker(method);
        Tensor features = TinyBackbones.features(2, 3);
        GenerationConfig greedy = GenerationConfig.greedy(3);
        List<Utterance> both = speaker.captions(features, greedy);
        List<Utterance> one = speaker.captions(features.narrow(0, 1, 1), greedy);
        assertThat(both.get(1).text()).isEqualTo(one.get(0).text());
        assertThat(both.get(1).score()).isCloseTo(one.get(0).score(), within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "magma", "flamingo"})
  void methodsInsideADecoderSaySo(String name) {
    try (Scope scope = Scope.open();
        EncoderDecoder model =
            EncoderDecoder.load(Golden.resource("goldens/t5/checkpoint"), Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"))) {
      MethodKind kind = MethodKind.named(name, "test");
      String sizes = name.equals("flamingo") ? "every: 1" : "";
      MethodConfig config =
          RecipeReader.readText(
                  name.equals("magma") ? "encoder_rate: 0" : sizes, "test", List.of(), kind::config)
              .value();
      assertThatThrownBy(
              () -> {
                try (Method method = config.start(backbones(model, tokenizer), 1)) {
                  method.reader(List.of());
                }
              })
          .isInstanceOf(InputException.class)
          .hasMessageContaining("encoder-decoder");
    }
  }
}
