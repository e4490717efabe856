package io.lorgnette.language;

import static io.lorgnette.language.Differences.largest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T5, FlanT5 and BART against Hugging Face, stage by stage; tolerances of the goldens' README. */
class EncoderDecoderGoldenTest {

  private static final float TOLERANCE = 1e-4f;
  private static final int REAL = 7; // tokens of the second row that are no padding

  private Scope scope;

  @BeforeEach
  void openScope() {
    Engine.threads(1);
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private static EncoderDecoder model(String family) {
    return EncoderDecoder.load(
        Golden.resource("goldens/" + family + "/checkpoint"), Dtype.F32, Device.CPU);
  }

  private static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  private static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  private static DecoderLabels labels(EncoderDecoder model, Golden golden) {
    return new DecoderLabels(model, golden.longs("labels"), (int) golden.shape("labels")[1]);
  }

  /** The rows of a stage that mean something: encoder states at masked positions do not. */
  private static float[] meaningful(Tensor stage, String name) {
    if (!name.startsWith("encoder_")) {
      return Tensors.toFloats(stage);
    }
    long width = stage.size(2);
    Tensor flat = stage.reshape(-1, width);
    return Tensors.toFloats(flat.narrow(0, 0, stage.size(1) + REAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void laidOutForInferenceItIsTheSameModel(String family) {
    Path folder = Golden.resource("goldens/" + family + "/checkpoint");
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder plain = model(family);
        EncoderDecoder fast =
            EncoderDecoder.load(folder, Precision.F32.forInference(), Device.CPU)) {
      Tensor read = Tensors.ofLongs(new long[] {5, 6, 7, 8, 9}, 1, 5);
      Tensor said = Tensors.ofLongs(new long[] {2, 3, 4}, 1, 3);
      float[] expected =
          Tensors.toFloats(plain.stages(plain.embed(read), null, said).get("logits"));
      float[] scores = Tensors.toFloats(fast.stages(fast.embed(read), null, said).get("logits"));
      assertThat(largest(scores, expected)).isLessThan(TOLERANCE);
      assertThat(fast.parameters().names()).anyMatch(name -> name.endsWith(Precision.PACKED));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void everyStage(String family) {
    Golden golden = Golden.open("goldens/" + family);
    assertThat(java.util.Arrays.stream(golden.longs("attention_mask"), 11, 22).sum())
        .isEqualTo(REAL);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model = model(family)) {
      Map<String, Tensor> stages =
          model.stages(
              model.embed(longs(golden, "input_ids")),
              longs(golden, "attention_mask"),
              labels(model, golden).inputs());
      assertThat(stages.keySet())
          .containsExactly(
              "encoder_hidden_states.0",
              "encoder_hidden_states.1",
              "encoder_hidden_states.2",
              "decoder_hidden_states.0",
              "decoder_hidden_states.1",
              "decoder_hidden_states.2",
              "logits");
      stages.forEach(
          (name, stage) -> {
            float largest =
                largest(meaningful(stage, name), meaningful(floats(golden, name), name));
            assertThat(largest).as(name).isLessThan(TOLERANCE);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void lossOfShiftedLabels(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model = model(family)) {
      Tensor mask = longs(golden, "attention_mask");
      Tensor encoded = model.encode(model.embed(longs(golden, "input_ids")), mask);
      DecoderLabels labels = labels(model, golden);
      Tensor hidden = model.decode(model.embed(labels.inputs()), model.memory(encoded, mask));
      float expected = golden.floats("loss")[0];
      assertThat(Tensors.value(labels.loss(hidden, 0)))
          .isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void logitsLossAndGradientOfAnEmbeddedPrefix(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (EncoderDecoder model = model(family)) {
      Tensor prefix = floats(golden, "prefix").set_requires_grad(true);
      Tensor words = model.embed(longs(golden, "input_ids"));
      Tensor mask =
          Tensors.cat(
              1, torch.ones(2, 5).to(Dtype.I64.scalarType()), longs(golden, "attention_mask"));
      Tensor encoded = model.encode(Tensors.cat(1, prefix, words), mask);
      DecoderLabels labels = labels(model, golden);
      Tensor hidden = model.decode(model.embed(labels.inputs()), model.memory(encoded, mask));
      float logits =
          largest(Tensors.toFloats(model.logits(hidden)), golden.floats("prefix.logits"));
      assertThat(logits).isLessThan(TOLERANCE);
      Tensor loss = labels.loss(hidden, 0);
      float expected = golden.floats("train.loss")[0];
      assertThat(Tensors.value(loss)).isCloseTo(expected, within(1e-5 * expected));
      loss.backward();
      float[] gradient = golden.floats("train.grad_prefix");
      float largest = 0;
      for (float value : gradient) {
        largest = Math.max(largest, Math.abs(value));
      }
      float off = largest(Tensors.toFloats(prefix.grad()), gradient);
      assertThat(off).isLessThan(1e-4f * largest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void cachedStepsOfSeveralSequencesEqualOnePass(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model = model(family);
        var cache = model.newCache(6, 6)) {
      Tensor mask = longs(golden, "attention_mask");
      Tensor encoded = model.encode(model.embed(longs(golden, "input_ids")), mask);
      CrossMemory memory = model.memory(encoded, mask);
      // Three sequences for each input; the first of each has the golden's labels.
      Tensor ids = labels(model, golden).inputs();
      Tensor other = ids.flip(1);
      Tensor third = ids.roll(1);
      Tensor all = Tensors.stack(1, ids, other, third).reshape(6, 6);
      Tensor embeddings = model.embed(all);
      Tensor whole = model.logits(model.decode(embeddings, memory));
      long at = 0;
      long[] lengths = {2, 1, 2, 1};
      Tensor[] pieces = new Tensor[lengths.length];
      for (int i = 0; i < lengths.length; i++) {
        pieces[i] = model.decode(embeddings.narrow(1, at, lengths[i]), memory, cache);
        at += lengths[i];
      }
      Tensor steps = model.logits(Tensors.cat(1, pieces));
      assertThat(largest(Tensors.toFloats(steps), Tensors.toFloats(whole))).isLessThan(TOLERANCE);
      Tensor first = steps.view(2, 3, 6, -1).select(1, 0).contiguous();
      assertThat(largest(Tensors.toFloats(first), golden.floats("logits"))).isLessThan(TOLERANCE);
      // The others as if each had the memory to itself.
      try (CrossMemory own = memory.select(Tensors.ofLongs(new long[] {0, 0, 0, 1, 1, 1}, 6))) {
        Tensor alone = model.logits(model.decode(embeddings, own));
        assertThat(largest(Tensors.toFloats(alone), Tensors.toFloats(whole))).isLessThan(TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void paddingChangesNothing(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model = model(family)) {
      Tensor ids = longs(golden, "input_ids").narrow(0, 1, 1).narrow(1, 0, REAL);
      Tensor encoded = model.encode(model.embed(ids), null);
      Tensor inputs = labels(model, golden).inputs().narrow(0, 1, 1);
      Tensor alone = model.logits(model.decode(model.embed(inputs), model.memory(encoded, null)));
      Tensor row = floats(golden, "logits").narrow(0, 1, 1);
      assertThat(largest(Tensors.toFloats(alone), Tensors.toFloats(row))).isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void storedKeysSurviveTheRoundTrip(String family) {
    try (EncoderDecoder model = model(family);
        Checkpoint checkpoint =
            Checkpoint.open(Golden.resource("goldens/" + family + "/checkpoint"))) {
      var stored = model.config().keys().write(model.parameters().asMap());
      assertThat(stored.keySet()).containsExactlyInAnyOrderElementsOf(checkpoint.names());
      stored.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor))
                  .isEqualTo(Tensors.toFloats(checkpoint.get(name))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart"})
  void sixteenBitsAreCloseToThirtyTwo(String family) {
    Golden golden = Golden.open("goldens/" + family);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model =
            EncoderDecoder.load(golden.path("checkpoint"), Dtype.BF16, Device.CPU)) {
      Map<String, Tensor> stages =
          model.stages(
              model.embed(longs(golden, "input_ids")),
              longs(golden, "attention_mask"),
              labels(model, golden).inputs());
      float[] logits = Tensors.toFloats(stages.get("logits"));
      float[] expected = golden.floats("logits");
      float largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      // BF16 has 8 bits: a few of its steps for the depth of two layers.
      assertThat(largest(logits, expected)).isLessThan(largest * 0.03f);
      assertThat(List.of(Tensors.dtype(stages.get("logits")))).containsExactly(Dtype.BF16);
    }
  }
}
