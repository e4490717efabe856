package io.lorgnette.language;

import static io.lorgnette.language.Differences.assertClose;
import static io.lorgnette.language.Differences.assertGradient;
import static io.lorgnette.language.Differences.assertLoss;
import static io.lorgnette.language.Differences.floats;
import static io.lorgnette.language.Differences.largest;
import static io.lorgnette.language.Differences.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertClose(states.get(i), golden, "hidden_states." + i);
      }
      Tensor logits = lm.logits(states.get(states.size() - 1));
      assertClose(logits, golden, "logits");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "llama3", "qwen2"})
  void aGgufFileIsTheSameModel(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm =
            LanguageModel.load(
                Golden.resource("goldens/gguf-files/" + family + ".gguf"), Dtype.F32, Device.CPU)) {
      Tensor logits = lm.logits(lm.hidden(lm.embed(longs(golden, "input_ids"))));
      assertThat(largest(Tensors.toFloats(logits), golden.floats("logits"))).isLessThan(TOLERANCE);
    }
  }

  /** The scores behind a word that the model did not know. */
  private static float[] scoresOfNewWord(LanguageModel lm, Tensor row, Tensor ids) {
    LanguageModel larger = lm.withWords(row, row);
    return Tensors.toFloats(larger.logits(larger.hidden(larger.embed(ids))));
  }

  @ParameterizedTest
  @MethodSource("families")
  void laidOutForInferenceItIsTheSameModel(String family) {
    Golden golden = Golden.open("goldens/" + family);
    Path folder = Golden.resource("goldens/" + family + "/checkpoint");
    try (Scope scope = Scope.open();
        LanguageModel plain = model(family);
        LanguageModel lm = LanguageModel.load(folder, Precision.F32.forInference(), Device.CPU)) {
      Tensor ids = longs(golden, "input_ids");
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        assertClose(lm.logits(lm.hidden(lm.embed(ids))), golden, "logits");
        Tensor row = torch.randn(1, lm.width()).mul(new Scalar(0.1));
        Tensor more = longs(golden, "input_ids").fill_(new Scalar(lm.vocabulary()));
        float[] scores = scoresOfNewWord(lm, row, more);
        assertThat(largest(scores, scoresOfNewWord(plain, row, more))).isLessThan(TOLERANCE);
      }
      assertThat(lm.parameters().count()).isEqualTo(plain.parameters().count());
      assertThat(lm.parameters().names())
          .anyMatch(name -> name.endsWith(Precision.PACKED))
          .doesNotContain("layers.0.mlp.up.weight");
      Tensor prefix = lm.embed(ids).requires_grad_(true);
      assertThatThrownBy(() -> lm.hidden(prefix))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no gradient");
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
      assertClose(lm.logits(lm.hidden(all)), golden, "prefix.logits");
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
      assertClose(logits, golden, "logits");
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
      assertLoss(loss, golden, "train.loss");
      loss.backward();
      assertGradient(prefix.grad(), golden, "train.grad_prefix");
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
        assertThat(largest(Tensors.toFloats(row), Tensors.toFloats(alone))).isLessThan(TOLERANCE);
      }
    }
  }

  /** A mask of the caller's says what order would say; windows hold all the same. */
  @ParameterizedTest
  @MethodSource("families")
  void aMaskOfTheCallersEqualsOrder(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family)) {
      Tensor embeddings = lm.embed(longs(golden, "input_ids"));
      Tensor t = Tensors.range(11, Device.CPU);
      Tensor allowed = t.view(1, 1, 1, 11).le(t.view(1, 1, 11, 1)).expand(2, 1, 11, 11);
      Tensor positions = t.view(1, 11).expand(2, 11);
      assertClose(lm.logits(lm.hiddenWhere(embeddings, allowed, positions)), golden, "logits");
    }
  }

  /** Half the bits of a weight cost little, in the order of the format's own precision. */
  @ParameterizedTest
  @MethodSource("families")
  void bf16StaysClose(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = LanguageModel.load(golden.path("checkpoint"), Dtype.BF16, Device.CPU)) {
      Tensor hidden = lm.hidden(lm.embed(longs(golden, "input_ids")));
      assertThat(Tensors.dtype(hidden)).isEqualTo(Dtype.BF16);
      float[] expected = golden.floats("logits");
      float scale = largest(expected, new float[expected.length]);
      float[] logits = Tensors.toFloats(lm.logits(hidden));
      assertThat(largest(logits, expected)).isLessThan(0.05f * scale);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void storedKeysSurviveTheRoundTrip(String family) {
    try (Scope scope = Scope.open();
        LanguageModel lm = model(family);
        var checkpoint = Checkpoint.open(Golden.resource("goldens/" + family + "/checkpoint"))) {
      var stored = lm.config().keys().write(lm.parameters().asMap());
      assertThat(stored.keySet()).isEqualTo(checkpoint.names());
      stored.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor))
                  .isEqualTo(Tensors.toFloats(checkpoint.get(name))));
      assertThat(lm.parameters().count()).isEqualTo(lm.config().parameterCount());
    }
  }
}
