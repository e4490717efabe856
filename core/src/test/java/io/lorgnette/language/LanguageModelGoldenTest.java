package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hidden states, logits, loss and prefix gradient against Hugging Face, stage by stage. */
class LanguageModelGoldenTest {

  private static final float TOLERANCE = 1e-4f;

  static Stream<String> families() {
    return Stream.of(
        "gpt2",
        "gpt-neo",
        "gpt-j",
        "opt",
        "opt-350m-like",
        "llama",
        "llama3",
        "mistral",
        "qwen2",
        "qwen3");
  }

  private static LanguageModel model(String family) {
    return LanguageModel.load(
        Golden.resource("goldens/" + family + "/checkpoint"), Dtype.F32, Device.CPU);
  }

  private static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  private static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  static float largestDifference(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    float largest = 0;
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isFinite();
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  @ParameterizedTest
  @MethodSource("families")
  void hiddenStatesAndLogits(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family)) {
      Tensor embeddings = lm.embed(longs(golden, "input_ids"));
      List<Tensor> states = lm.hiddenStates(embeddings, null, null);
      for (int i = 0; i < states.size(); i++) {
        assertThat(
                largestDifference(
                    Tensors.toFloats(states.get(i)), golden.floats("hidden_states." + i)))
            .as("hidden_states.%d", i)
            .isLessThan(TOLERANCE);
      }
      Tensor logits = lm.logits(states.get(states.size() - 1));
      assertThat(largestDifference(Tensors.toFloats(logits), golden.floats("logits")))
          .isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void logitsOfAnEmbeddedPrefix(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family)) {
      Tensor words = lm.embed(longs(golden, "input_ids"));
      Tensor all = Tensors.cat(1, floats(golden, "prefix"), words);
      assertThat(
              largestDifference(
                  Tensors.toFloats(lm.logits(lm.hidden(all))), golden.floats("prefix.logits")))
          .isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void cachedStepsEqualOnePass(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family);
        var cache = lm.newCache(2, 11)) {
      Tensor embeddings = lm.embed(longs(golden, "input_ids"));
      // A prompt of four, three more at once, then one by one.
      Tensor[] pieces = new Tensor[6];
      long[] lengths = {4, 3, 1, 1, 1, 1};
      long at = 0;
      for (int i = 0; i < lengths.length; i++) {
        pieces[i] = lm.hidden(embeddings.narrow(1, at, lengths[i]), null, null, cache);
        at += lengths[i];
      }
      Tensor logits = lm.logits(Tensors.cat(1, pieces));
      assertThat(largestDifference(Tensors.toFloats(logits), golden.floats("logits")))
          .isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void lossAndGradientOfThePrefix(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        LanguageModel lm = model(family)) {
      Tensor prefix = floats(golden, "prefix").set_requires_grad(true);
      Tensor all = Tensors.cat(1, prefix, lm.embed(longs(golden, "train.input_ids")));
      Tensor loss = NextTokenLoss.mean(lm, lm.hidden(all), golden.longs("train.labels"));
      float expected = golden.floats("train.loss")[0];
      assertThat(Tensors.value(loss)).isCloseTo(expected, within(1e-5 * expected));
      loss.backward();
      float[] gradient = golden.floats("train.grad_prefix");
      float largest = 0;
      for (float value : gradient) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largestDifference(Tensors.toFloats(prefix.grad()), gradient))
          .isLessThan(1e-4f * largest);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void paddingOnTheLeftChangesNothing(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family)) {
      Tensor ids = longs(golden, "left.input_ids");
      Tensor mask = longs(golden, "left.attention_mask");
      Tensor positions = torch.cumsum(mask, 1).sub(mask); // 0 for the first real token
      Tensor alone = lm.logits(lm.hidden(lm.embed(ids.narrow(0, 1, 1).narrow(1, 4, 7))));
      for (Tensor given : new Tensor[] {positions, null}) {
        Tensor padded = lm.logits(lm.hidden(lm.embed(ids), mask, given, null));
        Tensor row = padded.select(0, 1).narrow(0, 4, 7);
        assertThat(largestDifference(Tensors.toFloats(row), Tensors.toFloats(alone)))
            .isLessThan(TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void storedKeysSurviveTheRoundTrip(String family) {
    try (Scope scope = Scope.open();
        LanguageModel lm = model(family);
        var checkpoint =
            io.lorgnette.weights.Checkpoint.open(
                Golden.resource("goldens/" + family + "/checkpoint"))) {
      var stored = lm.config().keys().write(lm.parameters().asMap());
      assertThat(stored.keySet()).isEqualTo(checkpoint.names());
      stored.forEach(
          (name, tensor) -> {
            assertThat(Tensors.toFloats(tensor)).isEqualTo(Tensors.toFloats(checkpoint.get(name)));
          });
      assertThat(lm.parameters().count()).isEqualTo(lm.config().parameterCount());
    }
  }
}
