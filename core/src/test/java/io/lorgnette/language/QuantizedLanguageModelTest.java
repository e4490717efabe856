package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Precision;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Language models whose matrices are kept in fewer bits, beside the goldens of the full ones. */
class QuantizedLanguageModelTest {

  private static LanguageModel model(String family, String precision) {
    return LanguageModel.load(
        Golden.resource("goldens/" + family + "/checkpoint"),
        Precision.named(precision),
        Device.CPU);
  }

  private static Tensor ids(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  /** Cosine between two tensors seen as vectors. */
  private static double cosine(Tensor a, Tensor b) {
    Tensor x = Tensors.to(a, Dtype.F64).flatten();
    Tensor y = Tensors.to(b, Dtype.F64).flatten();
    return Tensors.value(torch.dot(x, y))
        / Math.sqrt(Tensors.value(torch.dot(x, x)) * Tensors.value(torch.dot(y, y)));
  }

  private static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, f16@f32, 0.99999", "gpt2, f16, 0.9999", "gpt2, int8@f32, 0.9999",
    "gpt2, int8, 0.9995", "gpt2, int4@f32, 0.97", "gpt2, int4-g128, 0.97",
    "llama, int8, 0.9995", "llama, int4, 0.97", "mistral, int8@f32, 0.9995",
    "qwen2, int8, 0.9995", "qwen2, int4-g64, 0.97"
  })
  void logitsStayNear(String family, String precision, double least) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family, precision)) {
      assertThat(lm.dtype()).isEqualTo(Precision.named(precision).compute());
      Tensor logits = lm.logits(lm.hidden(lm.embed(ids(golden, "input_ids"))));
      double cosine = cosine(logits, floats(golden, "logits"));
      assertThat(cosine).isBetween(least, 1 - 1e-13);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-neo, int8", "gpt-j, int8", "opt, int8", "opt-350m-like, int8", "llama3, int8",
    "qwen3, int8", "gpt-neo, int4", "gpt-j, int4", "opt, int4", "opt-350m-like, int4",
    "llama3, int4", "qwen3, int4"
  })
  void everyFamilyHasAllItsMatricesInFewerBits(String family, String precision) {
    logitsStayNear(family, precision, precision.equals("int8") ? 0.9995 : 0.96);
    try (LanguageModel lm = model(family, precision);
        LanguageModel full = model(family, "f32")) {
      long matrices =
          full.parameters().asMap().entrySet().stream()
              .filter(e -> e.getKey().matches("layers\\..*\\.weight"))
              .filter(e -> e.getValue().dim() == 2)
              .count();
      assertThat(lm.parameters().names().stream().filter(n -> n.endsWith("." + precision)))
          .hasSize((int) matrices);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "t5, int8@f32, 0.999",
    "t5, int4, 0.9",
    "flan-t5, int8, 0.999",
    "bart, int8, 0.999",
    "bart, int4@f32, 0.97"
  })
  void encoderDecodersStayNear(String family, String precision, double least) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model =
            EncoderDecoder.load(
                Golden.resource("goldens/" + family + "/checkpoint"),
                Precision.named(precision),
                Device.CPU)) {
      int columns = (int) golden.shape("labels")[1];
      Tensor logits =
          model
              .stages(
                  model.embed(ids(golden, "input_ids")),
                  ids(golden, "attention_mask"),
                  new DecoderLabels(model, golden.longs("labels"), columns).inputs())
              .get("logits");
      assertThat(cosine(logits, floats(golden, "logits"))).isBetween(least, 1 - 1e-12);
    }
  }

  /** Steps of one token go through the kernels, whole texts through widened matrices. */
  @ParameterizedTest
  @CsvSource({"llama, int8", "llama, int4", "gpt2, int8@f32", "qwen2, int4@f32"})
  void cachedStepsAreOnePass(String family, String precision) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = model(family, precision);
        var cache = lm.newCache(2, 11)) {
      Tensor embeddings = lm.embed(ids(golden, "input_ids"));
      Tensor whole = lm.logits(lm.hidden(embeddings));
      Tensor[] steps = new Tensor[11];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = lm.logits(lm.hidden(embeddings.narrow(1, i, 1), null, null, cache));
      }
      boolean exact = Precision.named(precision).compute() == Dtype.F32;
      assertThat(cosine(Tensors.cat(1, steps), whole)).isGreaterThan(exact ? 1 - 1e-9 : 0.9995);
    }
  }

  @ParameterizedTest
  @CsvSource({"gpt2, int8@f32, 0.999", "llama, int8, 0.999", "llama, int4@f32, 0.9"})
  void aPrefixCanBeTrainedThroughIt(String family, String precision, double least) {
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        LanguageModel lm = model(family, precision)) {
      Tensor prefix = floats(golden, "prefix").set_requires_grad(true);
      Tensor words = Tensors.to(lm.embed(ids(golden, "train.input_ids")), Dtype.F32);
      Tensor hidden = lm.hidden(Tensors.cat(1, prefix, words));
      NextTokenLoss.mean(lm, hidden, golden.longs("train.labels")).backward();
      assertThat(cosine(prefix.grad(), floats(golden, "train.grad_prefix"))).isBetween(least, 1.0);
      assertThat(lm.parameters().tensors()).noneMatch(Tensor::requires_grad);
    }
  }

  @Test
  void aGgufFileCanBeQuantizedAgain() {
    Golden golden = Golden.open("goldens/llama");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel one = model("llama", "int8");
        LanguageModel two =
            LanguageModel.load(
                Golden.resource("goldens/gguf-files/llama.gguf"), Precision.INT8, Device.CPU)) {
      Tensor words = ids(golden, "input_ids");
      assertThat(Tensors.toFloats(two.logits(two.hidden(two.embed(words)))))
          .isEqualTo(Tensors.toFloats(one.logits(one.hidden(one.embed(words)))));
    }
  }

  @Test
  void whatIsLoadedIsFreed() {
    model("llama", "int4").close();
    long before = Tensors.liveNativeObjects();
    for (int i = 0; i < 5; i++) {
      try (LanguageModel lm = model("llama", "int4");
          Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        lm.hidden(lm.embed(Tensors.ofLongs(new long[] {1, 2, 3}, 1, 3)));
      }
    }
    assertThat(Tensors.liveNativeObjects() - before).isLessThan(20);
  }
}
