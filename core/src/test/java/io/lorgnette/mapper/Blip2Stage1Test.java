package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Blip2Stage1Test {

  private static final Blip2Stage1Config SMALL =
      new Blip2Stage1Config(
          new QFormerConfig(4, 16, 2, 2, 24, 2, 12, new TextSide(21, 8), Activation.GELU, 1e-12, 0),
          10);

  @TempDir Path folder;
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

  @ParameterizedTest
  @CsvSource({"1408, 186705470", "1024, 183165758"}) // ViT-g, ViT-L
  void hasThePublishedNumberOfParameters(int imageWidth, long parameters) {
    assertThat(Blip2Stage1Config.base(imageWidth).parameterCount()).isEqualTo(parameters);
  }

  private static float[] values(Blip2Stage1 model, String name) {
    return Tensors.toFloats(model.parameters().get(name));
  }

  @Test
  void startsAsTheReferenceDoes() {
    try (Blip2Stage1 model = SMALL.create(5, Device.CPU);
        Blip2Stage1 again = SMALL.create(5, Device.CPU);
        Blip2Stage1 other = SMALL.create(6, Device.CPU)) {
      assertThat(model.parameters().count()).isEqualTo(SMALL.parameterCount());
      for (String name : model.parameters().names()) {
        assertThat(values(model, name)).as(name).isEqualTo(values(again, name));
      }
      assertThat(values(model, "match_head.weight"))
          .isNotEqualTo(values(other, "match_head.weight"));
      assertThat(values(model, "temperature")).containsExactly(0.07f);
      assertThat(model.temperature().dim()).isZero();
      assertThat(values(model, "layers.0.mlp.down.weight"))
          .isEqualTo(values(model, "layers.0.text_mlp.down.weight"));
      // Linear maps of their own are uniform within 1 / sqrt(16), biases too.
      double widest = Tensors.value(model.parameters().get("image_head.weight").abs().max());
      assertThat(widest).isBetween(0.22, 0.25);
      assertThat(values(model, "image_head.bias")).doesNotContain(0f);
      assertThat(Tensors.value(model.parameters().get("queries").std())).isBetween(0.014, 0.026);
    }
  }

  /** A BERT of the right sizes under the names of one of two generations of files. */
  private Path bert(boolean old, long words) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    BertKeys.of(SMALL.qformer())
        .storedNames()
        .forEach(name -> tensors.put(name, torch.randn(shape(name, words))));
    tensors.put("bert.pooler.dense.weight", torch.randn(16, 16));
    tensors.put("bert.embeddings.token_type_embeddings.weight", torch.randn(2, 16));
    tensors.put("cls.seq_relationship.weight", torch.randn(2, 16));
    if (old) {
      Map<String, Tensor> renamed = new LinkedHashMap<>();
      tensors.forEach(
          (name, tensor) ->
              renamed.put(
                  name.replace("LayerNorm.weight", "LayerNorm.gamma")
                      .replace("LayerNorm.bias", "LayerNorm.beta"),
                  tensor));
      renamed.put(
          "cls.predictions.decoder.weight", tensors.get("bert.embeddings.word_embeddings.weight"));
      tensors.clear();
      tensors.putAll(renamed);
    }
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors, Map.of());
    return folder;
  }

  private static long[] shape(String name, long words) {
    if (name.endsWith("word_embeddings.weight")) {
      return new long[] {words, 16};
    }
    if (name.endsWith("position_embeddings.weight")) {
      return new long[] {8, 16};
    }
    if (name.equals("cls.predictions.bias")) {
      return new long[] {words};
    }
    boolean inner = name.contains("intermediate");
    if (name.endsWith("bias") || name.contains("LayerNorm")) {
      return new long[] {inner ? 24 : 16};
    }
    boolean outer = name.contains(".output.dense") && !name.contains("attention");
    return new long[] {inner ? 24 : 16, outer ? 24 : 16};
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void startsFromBert(boolean old) {
    bert(old, 20);
    try (Checkpoint bert = Checkpoint.open(folder);
        Blip2Stage1 drawn = SMALL.create(5, Device.CPU);
        Blip2Stage1 model = SMALL.createFrom(bert, 5, Device.CPU)) {
      Tensor words = model.parameters().get("embed.words");
      assertThat(words.narrow(0, 0, 20).equal(bert.get("bert.embeddings.word_embeddings.weight")))
          .isTrue();
      assertThat(words.select(0, 20).equal(drawn.parameters().get("embed.words").select(0, 20)))
          .as("the word that begins a text")
          .isTrue();
      assertThat(Tensors.toFloats(model.parameters().get("word_head.bias"))[20]).isZero();
      String layer = "bert.encoder.layer.1.";
      for (String side : new String[] {"", "text_"}) {
        assertThat(values(model, "layers.1." + side + "mlp.up.weight"))
            .isEqualTo(Tensors.toFloats(bert.get(layer + "intermediate.dense.weight")));
        assertThat(values(model, "layers.1." + side + "norm2.bias"))
            .isEqualTo(
                Tensors.toFloats(bert.get(layer + "output.LayerNorm." + (old ? "beta" : "bias"))));
      }
      Tensor qkv = model.parameters().get("layers.1.attention.qkv.weight");
      assertThat(qkv.narrow(0, 16, 16).equal(bert.get(layer + "attention.self.key.weight")))
          .isTrue();
      for (String name : new String[] {"queries", "layers.0.cross.kv.weight", "text_head.bias"}) {
        assertThat(values(model, name)).as(name).isEqualTo(values(drawn, name));
      }
    }
  }

  @Test
  void aBertOfOtherSizesIsRefused() {
    bert(false, 19);
    try (Checkpoint bert = Checkpoint.open(folder)) {
      assertThatThrownBy(() -> SMALL.createFrom(bert, 5, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("word_embeddings.weight [19, 16] instead of [20, 16]");
    }
  }

  @Test
  void whatACheckpointLacksOrHasTooMuchIsListed() {
    Path file = folder.resolve("lavis.safetensors");
    try (Blip2Stage1 model = SMALL.create(5, Device.CPU)) {
      Map<String, Tensor> stored = SMALL.stored(model.parameters().asMap());
      stored.put("visual_encoder.cls_token", torch.randn(1, 1, 12)); // another part, passed over
      Safetensors.write(file, stored, Map.of());
      try (Checkpoint whole = Checkpoint.open(file);
          Blip2Stage1 read = SMALL.read(whole, Dtype.F32, Device.CPU)) {
        assertThat(values(read, "temperature")).containsExactly(0.07f);
      }
      stored.remove("temp");
      stored.put("opt_proj.weight", torch.randn(3, 3));
      Safetensors.write(file, stored, Map.of());
      try (Checkpoint partial = Checkpoint.open(file)) {
        assertThatThrownBy(() -> SMALL.read(partial, Dtype.F32, Device.CPU))
            .isInstanceOf(InputException.class)
            .hasMessageContainingAll("missing 1 (temp)", "unknown 1 (opt_proj.weight)");
      }
    }
  }

  @Test
  void anUntiedOutputMatrixIsRefused() {
    Path file = folder.resolve("lavis.safetensors");
    try (Blip2Stage1 model = SMALL.create(5, Device.CPU)) {
      Map<String, Tensor> stored = SMALL.stored(model.parameters().asMap());
      stored.computeIfPresent(
          "Qformer.cls.predictions.decoder.weight", (name, tensor) -> tensor.add(new Scalar(1)));
      Safetensors.write(file, stored, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThatThrownBy(() -> SMALL.read(checkpoint, Dtype.F32, Device.CPU))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("different values");
      }
    }
  }

  /** Hugging Face's form holds what retrieval needs, and it comes back. */
  @Test
  void retrievalHasHuggingFacesNames() {
    Path file = folder.resolve("hub.safetensors");
    try (Blip2Stage1 model = SMALL.create(5, Device.CPU)) {
      Safetensors.write(file, SMALL.hubKeys().write(model.parameters().asMap()), Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.names())
            .contains(
                "embeddings.word_embeddings.weight",
                "qformer.encoder.layer.0.crossattention.attention.value.weight",
                "vision_model.post_layernorm.bias",
                "vision_projection.weight",
                "itm_head.bias")
            .noneMatch(name -> name.contains("predictions") || name.equals("temp"));
        SMALL
            .hubKeys()
            .read(checkpoint, Dtype.F32, Device.CPU)
            .forEach(
                (name, tensor) -> {
                  assertThat(Tensors.toFloats(tensor)).as(name).isEqualTo(values(model, name));
                  tensor.close();
                });
      }
    }
  }

  @Test
  void inAnotherFormatTheTemperatureKeepsItsDigits() {
    try (Blip2Stage1 model = SMALL.create(5, Device.CPU);
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Blip2Stage1 half = model.with(model.parameters().asMap(), Dtype.BF16);
      assertThat(Tensors.dtype(half.parameters().get("queries"))).isEqualTo(Dtype.BF16);
      assertThat(Tensors.value(half.temperature())).isCloseTo(0.07, within(1e-8));
      Tensor features = torch.randn(2, 3, 12);
      Tensor images = half.imageEmbeds(features);
      assertThat(Tensors.dtype(images)).isEqualTo(Dtype.F32);
      float[] a = Tensors.toFloats(images);
      float[] b = Tensors.toFloats(model.imageEmbeds(features));
      for (int i = 0; i < a.length; i++) {
        assertThat(a[i]).isCloseTo(b[i], within(0.03f));
      }
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> new Blip2Stage1Config(QFormerConfig.base(1024), 256))
        .hasMessageContaining("reads words");
    assertThatThrownBy(() -> new Blip2Stage1Config(SMALL.qformer(), 0))
        .hasMessageContaining("jointWidth");
  }
}
