package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertClose;
import static io.lorgnette.vision.Encoders.assertEqual;
import static io.lorgnette.vision.Encoders.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class VisionTransformerTest {

  /** A golden, with what its names have before those of the stages. */
  private enum Reference {
    EVA("eva-vit", "", ""),
    BLIP2("blip2-opt", "checkpoint", "vision_"),
    DINOV2("dinov2", "checkpoint", ""),
    REGISTERS("dinov2-registers", "checkpoint", ""),
    SWIGLU("dinov2-swiglu", "checkpoint", ""),
    BEIT("beit", "checkpoint", ""),
    BEIT_SHARED("beit-shared", "checkpoint", "");

    private final String folder;
    private final String checkpoint;
    private final String before;

    Reference(String folder, String checkpoint, String before) {
      this.folder = folder;
      this.checkpoint = checkpoint;
      this.before = before;
    }

    Golden golden() {
      return Golden.open("goldens/" + folder);
    }

    Path folder() {
      return golden().path(checkpoint);
    }

    VisionTransformer load(Dtype dtype) {
      return (VisionTransformer)
          VisionEncoders.load(folder(), ImageProcessor.blip(28), dtype, Device.CPU);
    }

    VisionTransformer load(String output) {
      try (VisionTransformer whole = load(Dtype.F32);
          Checkpoint weights = Checkpoint.open(folder())) {
        return VisionTransformer.of(
            whole.config().withOutput(output), weights, whole.processor(), Dtype.F32, Device.CPU);
      }
    }

    /** The last hidden state by the reference, {@code [2, T, Di]}. */
    Tensor last() {
      String name = before + (this == EVA ? "output" : "last_hidden_state");
      return Tensors.ofFloats(golden().floats(name), golden().shape(name));
    }
  }

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Reference reference, Consumer<ObjectNode> change) {
    return Encoders.folder(
        temporary.resolve("encoder" + folders++),
        reference.folder().resolve("config.json"),
        reference.folder().resolve("model.safetensors"),
        change);
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void everyStageEqualsTheReference(Reference reference) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = reference.load(Dtype.F32)) {
      Tensor pixels = input(reference.golden());
      Map<String, Tensor> stages = encoder.stages(pixels);
      int compared = 0;
      for (Map.Entry<String, Tensor> stage : stages.entrySet()) {
        String name = reference.before + stage.getKey();
        if (reference.golden().has(name)) {
          assertEqual(stage.getValue(), reference.golden(), name, 1e-4);
          compared++;
        }
      }
      boolean isEva = reference == Reference.EVA;
      assertThat(stages).hasSize(encoder.config().sizes().layers() + (isEva ? 2 : 3));
      assertThat(stages.size() - compared)
          .as("EVA's golden has no embeddings, BLIP-2's no pooled features")
          .isEqualTo(isEva || reference == Reference.BLIP2 ? 1 : 0);
      Tensor features = encoder.encode(pixels);
      assertClose(Tensors.toFloats(features), Tensors.toFloats(reference.last()), "features", 1e-4);
      assertThat(features.size(1)).isEqualTo(encoder.tokens());
      assertThat(features.size(2)).isEqualTo(encoder.width());
    }
  }

  static Stream<List<String>> otherSizes() {
    return Stream.of(
        List.of("EVA", "42", "output_42"),
        List.of("DINOV2", "42x35", "last_hidden_state_42x35"),
        List.of("SWIGLU", "14x21", "last_hidden_state_14x21"),
        List.of("REGISTERS", "42x35", "last_hidden_state_42x35"),
        List.of("REGISTERS", "14x21", "last_hidden_state_14x21"));
  }

  @ParameterizedTest
  @MethodSource("otherSizes")
  void positionsAreInterpolatedForOtherSizes(List<String> row) {
    Reference reference = Reference.valueOf(row.get(0));
    String pixels = "pixel_values_" + row.get(1);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = reference.load(Dtype.F32)) {
      Golden golden = reference.golden();
      Tensor input = Tensors.ofFloats(golden.floats(pixels), golden.shape(pixels));
      assertEqual(encoder.encodeAnySize(input, Trace.NONE), golden, row.get(2), 1e-4);
      assertThatThrownBy(() -> encoder.encode(input))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[B, 3, 28, 28]");
    }
  }

  @Test
  void interpolatedPositionsEqualThoseOfLavis() {
    Golden golden = Reference.EVA.golden();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = Reference.EVA.load(Dtype.F32)) {
      Tensor stored = encoder.parameters().get("embeddings.positions").select(0, 0);
      Tensor grid = VitFamily.EVA.resize().resize(stored.narrow(0, 1, 16), 4, 4, 6, 6);
      Tensor all = Tensors.cat(0, stored.narrow(0, 0, 1), grid).unsqueeze(0);
      assertEqual(all, golden, "pos_embed_42", 1e-6);
    }
  }

  @Test
  void theProcessorDecidesTheSizeWherePositionsCanBeInterpolated() {
    Path folder = folder(Reference.EVA, node -> node.put("model_type", "eva-vit"));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder =
            VisionEncoders.load(folder, ImageProcessor.blip(42), Dtype.F32, Device.CPU)) {
      assertThat(encoder.tokens()).isEqualTo(37);
      Golden golden = Reference.EVA.golden();
      Tensor input = Tensors.ofFloats(golden.floats("pixel_values_42"), 1, 3, 42, 42);
      assertEqual(encoder.encode(input), golden, "output_42", 1e-4);
      try (VisionEncoder plain = Reference.EVA.load(Dtype.F32)) {
        assertThat(encoder.identity()).contains("42px").isNotEqualTo(plain.identity());
      }
    }
    assertThatThrownBy(
            () ->
                VisionEncoders.load(
                    Reference.BEIT.folder(), ImageProcessor.blip(35), Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("28 pixels")
        .hasMessageContaining("35");
  }

  @Test
  void theFeaturesCanBeAnyLayerWithOrWithoutWhatIsNoPatch() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Reference reference = Reference.REGISTERS;
      Golden golden = reference.golden();
      Tensor pixels = input(golden);
      long[] all = golden.shape("hidden_states.2"); // [2, 1 + 3 + 16, 24]
      try (VisionTransformer penultimate = reference.load("layer-2-patches");
          VisionTransformer raw = reference.load("layer-1");
          VisionTransformer pooled = reference.load("pooled")) {
        assertThat(penultimate.tokens()).isEqualTo(16);
        Tensor expected = Tensors.ofFloats(golden.floats("hidden_states.2"), all).narrow(1, 4, 16);
        assertClose(
            Tensors.toFloats(penultimate.encode(pixels)),
            Tensors.toFloats(expected),
            "patches",
            1e-4);
        assertEqual(raw.encode(pixels), golden, "hidden_states.3", 1e-4);
        assertThat(pooled.tokens()).isEqualTo(1);
        assertEqual(pooled.encode(pixels).select(1, 0), golden, "pooler_output", 1e-4);
        assertThat(
                new TreeSet<>(List.of(penultimate.identity(), raw.identity(), pooled.identity())))
            .hasSize(3);
        assertThat(pooled.stages(pixels)).containsKeys("hidden_states.3", "pooler_output");
      }
      try (VisionTransformer limber = Reference.BEIT.load("last-patches")) {
        Tensor expected = Reference.BEIT.last().narrow(1, 1, 16);
        assertClose(
            Tensors.toFloats(limber.encode(input(Reference.BEIT.golden()))),
            Tensors.toFloats(expected),
            "patches",
            1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void gradientsReachPixelsAndEveryWeightOnTheWay(Reference reference) {
    try (Scope scope = Scope.open();
        VisionTransformer encoder = reference.load(Dtype.F32)) {
      encoder.parameters().trainable(true);
      Tensor pixels = input(reference.golden()).requires_grad_(true);
      Tensor features = encoder.encode(pixels);
      assertClose(Tensors.toFloats(features), Tensors.toFloats(reference.last()), "features", 1e-4);
      features.square().mul(features).sum().backward();
      assertThat(Tensors.value(pixels.grad().abs().sum())).isPositive();
      encoder
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) -> {
                if (!name.equals("embeddings.mask") && !name.startsWith("pooled_norm")) {
                  assertThat(Tensors.value(tensor.grad().abs().sum())).as(name).isPositive();
                }
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void namesGoThereAndBack(Reference reference) {
    String prefix = reference == Reference.BLIP2 ? "vision_model." : "";
    try (Scope scope = Scope.open();
        VisionTransformer encoder = reference.load(Dtype.F32);
        Checkpoint original = Checkpoint.open(reference.folder())) {
      Map<String, Tensor> back = encoder.config().keys().write(encoder.parameters().asMap());
      TreeSet<String> expected = new TreeSet<>();
      original.names().stream()
          .filter(name -> name.startsWith(prefix))
          .forEach(name -> expected.add(name.substring(prefix.length())));
      assertThat(new TreeSet<>(back.keySet())).isEqualTo(expected);
      back.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor))
                  .as(name)
                  .isEqualTo(Tensors.toFloats(original.get(prefix + name))));
      assertThat(encoder.parameterCount())
          .isEqualTo(
              expected.stream().mapToLong(name -> original.info(prefix + name).elements()).sum());
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void theEncoderIsFoundInsideALargerModelAndAlone(Reference reference) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = reference.load(Dtype.F32)) {
      VitConfig config = encoder.config();
      Map<String, Tensor> alone = config.keys().write(encoder.parameters().asMap());
      Map<String, Tensor> inside = new LinkedHashMap<>();
      alone.forEach((name, tensor) -> inside.put(config.family().prefix() + name, tensor));
      inside.put("classifier.weight", Tensors.zeros(Dtype.F32, Device.CPU, 2, 2));
      inside.put("layernorm.weight", Tensors.zeros(Dtype.F32, Device.CPU, 2));
      for (Map<String, Tensor> stored : List.of(alone, inside)) {
        Path file = temporary.resolve("stored" + stored.size() + ".safetensors");
        Safetensors.write(file, stored, Map.of());
        try (Checkpoint checkpoint = Checkpoint.open(file);
            VisionTransformer again =
                VisionTransformer.of(
                    config, checkpoint, encoder.processor(), Dtype.F32, Device.CPU)) {
          assertThat(Tensors.toFloats(again.encode(input(reference.golden()))))
              .isEqualTo(Tensors.toFloats(encoder.encode(input(reference.golden()))));
        }
      }
    }
  }

  /** {@code eva_vit_g.pth} has a fortieth block, and a norm and a head behind it. */
  @Test
  void theBlockThatLavisDropsIsPassedOver() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = Reference.EVA.load(Dtype.F32)) {
      Map<String, Tensor> stored =
          new LinkedHashMap<>(encoder.config().keys().write(encoder.parameters().asMap()));
      Tensor any = Tensors.zeros(Dtype.F32, Device.CPU, 3);
      stored.put("blocks.3.norm1.weight", any);
      stored.put("norm.weight", any);
      stored.put("head.bias", any);
      Path file = temporary.resolve("eva.safetensors");
      Safetensors.write(file, stored, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          VisionTransformer again =
              VisionTransformer.of(
                  encoder.config(), checkpoint, encoder.processor(), Dtype.F32, Device.CPU)) {
        assertEqual(
            again.encode(input(Reference.EVA.golden())), Reference.EVA.golden(), "output", 1e-4);
      }
      stored.put("blocks.4.norm1.weight", any);
      Path more = temporary.resolve("more.safetensors");
      Safetensors.write(more, stored, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(more)) {
        VitConfig config = encoder.config();
        assertThatThrownBy(() -> config.keys().requireFit(config.part(checkpoint)))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("blocks.4.norm1.weight");
      }
    }
  }

  @Test
  void bothFormsOfEvaGiveTheSameNumbers() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer lavis = Reference.EVA.load(Dtype.F32)) {
      VitConfig eva = lavis.config();
      VitParts own = eva.parts();
      VitConfig blip =
          new VitConfig(
              VitFamily.BLIP2,
              28,
              eva.sizes(),
              new VitParts(
                  own.activation(),
                  false,
                  VitParts.QkvBias.ALL,
                  false,
                  true,
                  VitParts.Relative.NONE,
                  0,
                  false,
                  true,
                  false));
      Map<String, Tensor> weights = new LinkedHashMap<>(lavis.parameters().asMap());
      for (int i = 0; i < 3; i++) {
        String at = "layers." + i + ".attention.";
        Tensor q = weights.remove(at + "q_bias");
        Tensor v = weights.remove(at + "v_bias");
        Tensor k = Tensors.zeros(Dtype.F32, Device.CPU, 24);
        weights.put(at + "qkv.bias", Tensors.cat(0, q, k, v));
      }
      weights.put(
          "final_norm.weight",
          Tensors.zeros(Dtype.F32, Device.CPU, 24).add(new org.bytedeco.pytorch.Scalar(1)));
      weights.put("final_norm.bias", Tensors.zeros(Dtype.F32, Device.CPU, 24));
      Path file = temporary.resolve("blip2.safetensors");
      Safetensors.write(file, blip.keys().write(weights), Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          VisionTransformer hf =
              VisionTransformer.of(
                  blip.withOutput("layer-1"),
                  checkpoint,
                  lavis.processor(),
                  Dtype.F32,
                  Device.CPU)) {
        assertEqual(
            hf.encode(input(Reference.EVA.golden())), Reference.EVA.golden(), "output", 1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void halfFormatsAreNearAndKeepNormsWide(Reference reference) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor expected = reference.last();
      for (Dtype dtype : List.of(Dtype.F16, Dtype.BF16)) {
        try (VisionTransformer encoder = reference.load(dtype)) {
          encoder
              .parameters()
              .asMap()
              .forEach(
                  (name, tensor) -> {
                    boolean wide =
                        name.contains("norm")
                            || name.contains("scale")
                            || name.contains("table")
                            || (name.startsWith("embeddings.") && !name.contains("patch"));
                    assertThat(Tensors.dtype(tensor)).as(name).isEqualTo(wide ? Dtype.F32 : dtype);
                  });
          Tensor features = encoder.encode(input(reference.golden()));
          assertThat(Tensors.dtype(features)).isEqualTo(dtype);
          Tensor difference = Tensors.to(features, Dtype.F32).sub(expected);
          double relative =
              Math.sqrt(
                  Tensors.value(difference.square().mean())
                      / Tensors.value(expected.square().mean()));
          assertThat(relative).isBetween(1e-6, dtype == Dtype.F16 ? 0.002 : 0.02);
        }
      }
    }
  }

  @Test
  void shapesAreReadWithoutWeights() {
    EncoderShape dinov2 = VisionEncoders.shape(Reference.DINOV2.folder());
    assertThat(dinov2.tokens()).isEqualTo(17);
    assertThat(dinov2.imageSize()).isEqualTo(28);
    EncoderShape larger =
        VisionEncoders.shape(
            folderWithProcessor(
                Reference.DINOV2,
                "{\"image_processor_type\": \"BlipImageProcessor\","
                    + " \"size\": {\"height\": 42, \"width\": 42}}"));
    assertThat(larger.tokens()).isEqualTo(37);
    assertThat(larger.parameters()).isEqualTo(dinov2.parameters());
    for (Reference reference : Reference.values()) {
      try (VisionTransformer encoder = reference.load(Dtype.F32)) {
        EncoderShape shape = VisionEncoders.shape(reference.folder());
        assertThat(shape.parameters()).isEqualTo(encoder.parameterCount());
        assertThat(shape.width()).isEqualTo(encoder.width());
        assertThat(shape.description()).isEqualTo(encoder.config().describe());
      }
    }
  }

  private Path folderWithProcessor(Reference reference, String processor) {
    Path folder = folder(reference, node -> {});
    ConfigFile.write(folder.resolve("preprocessor_config.json"), processor);
    assertThat(Files.exists(folder.resolve("preprocessor_config.json"))).isTrue();
    return folder;
  }

  @Test
  void wrongConfigurationsAreToldWithTheirKey() {
    record Case(Reference of, Consumer<ObjectNode> change, String said) {}
    for (Case one :
        List.of(
            new Case(Reference.DINOV2, node -> node.put("hidden_act", "swosh"), "'hidden_act'"),
            new Case(Reference.DINOV2, node -> node.put("num_attention_heads", 5), "heads 5"),
            new Case(Reference.DINOV2, node -> node.put("num_channels", 1), "'num_channels'"),
            new Case(Reference.DINOV2, node -> node.put("patch_size", 29), "patch size 29"),
            new Case(Reference.DINOV2, node -> node.put("layer_norm_eps", 0), "epsilon"),
            new Case(Reference.DINOV2, node -> node.put("num_hidden_layers", 4), "encoder.layer.3"),
            new Case(
                Reference.DINOV2, node -> node.put("num_hidden_layers", 2_000_000_000), "layers"),
            new Case(Reference.DINOV2, node -> node.put("use_swiglu_ffn", true), "mlp.weights_in"),
            new Case(Reference.DINOV2, node -> node.put("use_mask_token", false), "mask_token"),
            new Case(
                Reference.BEIT,
                node -> node.put("use_relative_position_bias", false),
                "relative_position_bias_table"),
            new Case(Reference.BEIT, node -> node.put("image_size", 7_000), "at most 128 patches"),
            new Case(Reference.BEIT, node -> node.put("layer_scale_init_value", 0), "lambda_1"),
            new Case(
                Reference.BLIP2,
                node -> ((ObjectNode) node.get("vision_config")).put("qkv_bias", false),
                "qkv.bias"),
            new Case(
                Reference.EVA,
                node -> node.put("model_type", "eva-vit").put("mlp_hidden", 53),
                "'mlp_hidden'"),
            new Case(
                Reference.EVA,
                node -> node.put("model_type", "eva-vit").put("output", "pooled"),
                "'pooled'"),
            new Case(
                Reference.EVA, node -> node.put("model_type", "eva-vit").put("dept", 3), "'dept'"),
            new Case(Reference.EVA, node -> node.put("model_type", "eva02"), "eva02"))) {
      Path folder = folder(one.of(), one.change());
      assertThatThrownBy(
              () ->
                  VisionEncoders.load(
                      folder,
                      ImageProcessor.blip(one.said().contains("128") ? 7_000 : 28),
                      Dtype.F32,
                      Device.CPU))
          .as(one.said())
          .isInstanceOf(InputException.class)
          .hasMessageContaining(one.said());
    }
  }

  @ParameterizedTest
  @EnumSource(Reference.class)
  void nativeMemoryStaysFlat(Reference reference) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionTransformer encoder = reference.load(Dtype.F32)) {
      Tensor pixels = input(reference.golden());
      long before = 0;
      for (int i = 0; i < 20; i++) {
        try (Scope step = Scope.open()) {
          encoder.encode(pixels);
          encoder.stages(pixels);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
