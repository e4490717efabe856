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
import io.lorgnette.weights.KeyMap;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClipVitTest {

  private static final Golden PLAIN = Golden.open("goldens/clip-vision");
  private static final Golden PROJECTED = Golden.open("goldens/clip-vision-gelu-proj");
  private static final Golden DUAL = Golden.open("goldens/clip-dual");

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Golden golden, Consumer<ObjectNode> change) {
    return Encoders.folder(
        temporary.resolve("encoder" + folders++),
        golden.path("checkpoint/config.json"),
        golden.path("checkpoint/model.safetensors"),
        change);
  }

  private ClipVit load(Golden golden) {
    Path folder = golden.path("checkpoint");
    return (ClipVit) VisionEncoders.load(folder, ImageProcessor.clip(30), Dtype.F32, Device.CPU);
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "int8@f32", "int4-g32", "f16@f32"})
  void featuresOfAQuantizedEncoderStayNear(String name) {
    Precision precision = Precision.named(name);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder =
            VisionEncoders.load(folder(PLAIN, config -> {}), precision, Device.CPU)) {
      assertThat(encoder.dtype()).isEqualTo(precision.compute());
      assertThat(encoder.parameters().storage())
          .contains(precision.storage().name())
          .contains(precision.compute().name());
      float[] features = Tensors.toFloats(encoder.encode(input(PLAIN)));
      float[] expected = PLAIN.floats("last_hidden_state");
      double both = 0;
      double one = 0;
      double other = 0;
      for (int i = 0; i < features.length; i++) {
        both += (double) features[i] * expected[i];
        one += (double) features[i] * features[i];
        other += (double) expected[i] * expected[i];
      }
      double least = precision.storage() == Precision.Storage.INT4 ? 0.95 : 0.999;
      assertThat(both / Math.sqrt(one * other)).isBetween(least, 1 - 1e-12);
    }
  }

  @Test
  void everyHiddenStateEqualsTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(PLAIN)) {
      Map<String, Tensor> stages = encoder.stages(input(PLAIN));
      assertThat(stages.keySet())
          .containsExactly(
              "embeddings",
              "hidden_states.0",
              "hidden_states.1",
              "hidden_states.2",
              "hidden_states.3",
              "last_hidden_state",
              "pooler_output");
      stages.forEach(
          (name, value) -> {
            if (!name.equals("embeddings")) {
              assertEqual(value, PLAIN, name, 1e-4);
            }
          });
      assertEqual(encoder.encode(input(PLAIN)), PLAIN, "last_hidden_state", 1e-4);
      assertEqual(encoder.pooled(input(PLAIN)), PLAIN, "pooler_output", 1e-4);
      assertThat(encoder.tokens()).isEqualTo(26);
      assertThat(encoder.width()).isEqualTo(48);
      assertThatThrownBy(() -> encoder.imageEmbeds(input(PLAIN)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void geluAndProjectionEqualTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(PROJECTED)) {
      assertEqual(encoder.encode(input(PROJECTED)), PROJECTED, "last_hidden_state", 1e-4);
      assertEqual(encoder.imageEmbeds(input(PROJECTED)), PROJECTED, "image_embeds", 1e-4);
      assertEqual(
          encoder.stages(input(PROJECTED)).get("image_embeds"), PROJECTED, "image_embeds", 1e-4);
    }
  }

  @Test
  void theOutputCanBeTheOneVectorOfTheImage() {
    Path folder = folder(PROJECTED, node -> {});
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder = VisionEncoders.load(folder, "embedding", Dtype.F32, Device.CPU)) {
      assertThat(encoder.tokens()).isEqualTo(1);
      assertThat(encoder.width()).isEqualTo(32);
      Tensor features = encoder.encode(input(PROJECTED));
      assertThat(Tensors.shape(features)).containsExactly(2, 1, 32);
      assertEqual(features.squeeze(1), PROJECTED, "image_embeds", 1e-4);
    }
    Path plain = folder(PLAIN, node -> {});
    assertThatThrownBy(() -> VisionEncoders.load(plain, "embedding", Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("without projection");
  }

  @Test
  void positionsOfAnotherSizeEqualTheReference() {
    Golden golden = Golden.open("goldens/clip-positions");
    Path folder =
        folder(PLAIN, node -> node.put("image_size", 42).put("pretrained_image_size", 30));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = (ClipVit) VisionEncoders.load(folder, Dtype.F32, Device.CPU)) {
      Tensor pixels = Tensors.ofFloats(golden.floats("clip.pixel_values"), 1, 3, 42, 42);
      assertThat(encoder.tokens()).isEqualTo(50);
      assertEqual(encoder.encode(pixels), golden, "clip.last_hidden_state", 1e-4);
      assertEqual(encoder.pooled(pixels), golden, "clip.pooler_output", 1e-4);
      assertThat(encoder.identity()).contains("positions 30px bicubic");
      assertThat(encoder.config())
          .isEqualTo(load(PLAIN).config().withImageSize(42, PositionResize.BICUBIC));
    }
  }

  @Test
  void theTowerOfLavisIsThePenultimateLayer() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit whole = load(PROJECTED)) {
      ClipVitConfig config =
          new ClipVitConfig(
              30,
              6,
              whole.config().tower().withLayers(whole.config().layers() - 1),
              0,
              false,
              new StoredPositions(30, PositionResize.BICUBIC_CORNERS),
              TowerOutput.ALL);
      Map<String, Tensor> openAi =
          ClipVitKeys.openAi(whole.config()).write(whole.parameters().asMap());
      Tensor penultimate = whole.stages(input(PROJECTED)).get("hidden_states." + config.layers());
      // As a file of its own, whole; and inside BLIP-2, without what is dropped.
      for (String prefix : List.of("", "visual_encoder.")) {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        openAi.forEach((name, tensor) -> stored.put(prefix + name.substring(7), tensor));
        if (!prefix.isEmpty()) {
          stored.keySet().retainAll(ClipVitKeys.lavis(config, prefix).storedNames().toList());
          stored.put("Qformer.cls.predictions.bias", Tensors.zeros(Dtype.F32, Device.CPU, 4));
        }
        Path file = temporary.resolve("lavis" + prefix + "safetensors");
        Safetensors.write(file, stored, Map.of());
        try (Checkpoint checkpoint = Checkpoint.open(file);
            ClipVit lavis =
                ClipVit.of(config, checkpoint, ImageProcessor.clip(30), Dtype.F32, Device.CPU)) {
          assertThat(Tensors.toFloats(lavis.encode(input(PROJECTED))))
              .isEqualTo(Tensors.toFloats(penultimate));
          assertThat(lavis.stages(input(PROJECTED))).doesNotContainKey("pooler_output");
          assertThatThrownBy(() -> lavis.pooled(input(PROJECTED)))
              .isInstanceOf(IllegalStateException.class);
        }
      }
    }
  }

  @Test
  void theVisionPartOfAPairEqualsTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(DUAL)) {
      Tensor embeds = encoder.imageEmbeds(input(DUAL));
      Tensor length = embeds.square().sum(new long[] {1}, true, null).sqrt();
      assertEqual(embeds.div(length), DUAL, "image_embeds", 1e-4);
    }
  }

  @Test
  void gradientsReachPixelsAndEveryWeightOnTheWay() {
    try (Scope scope = Scope.open();
        ClipVit encoder = load(PLAIN)) {
      encoder.parameters().trainable(true);
      Tensor pixels = input(PLAIN).requires_grad_(true);
      Tensor features = encoder.encode(pixels);
      assertEqual(features, PLAIN, "last_hidden_state", 1e-4);
      features.square().sum().backward();
      assertThat(Tensors.value(pixels.grad().abs().sum())).isPositive();
      encoder
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) -> {
                if (!name.startsWith("post_norm")) {
                  assertThat(Tensors.value(tensor.grad().abs().sum())).as(name).isPositive();
                }
              });
    }
  }

  @Test
  void theOutputCanBeThePenultimateLayerWithoutTheClassToken() {
    Path folder = folder(PLAIN, node -> {});
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder last = VisionEncoders.load(folder, "last", Dtype.F32, Device.CPU);
        VisionEncoder llava =
            VisionEncoders.load(folder, "layer-2-patches", Dtype.F32, Device.CPU)) {
      assertThat(llava.tokens()).isEqualTo(25);
      Tensor features = llava.encode(input(PLAIN));
      assertThat(Tensors.shape(features)).containsExactly(3, 25, 48);
      Tensor expected =
          Tensors.ofFloats(PLAIN.floats("hidden_states.2"), 3, 26, 48).narrow(1, 1, 25);
      assertClose(Tensors.toFloats(features), Tensors.toFloats(expected), "patches", 1e-4);
      assertThat(llava.identity()).contains("layer-2-patches").isNotEqualTo(last.identity());
      assertEqual(((ClipVit) llava).pooled(input(PLAIN)), PLAIN, "pooler_output", 1e-4);
    }
    for (String wrong : List.of("layer-4", "layer-0", "first", "last-", "features")) {
      assertThatThrownBy(() -> VisionEncoders.load(folder, wrong, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("'" + wrong + "'")
          .hasMessageContaining("layer-3");
    }
  }

  /** {@code clip-vision-gelu-proj}'s weights under OpenAI's names, with quick GELU as theirs. */
  private Path openAi(ClipVitConfig config, Checkpoint from) {
    Map<String, Tensor> own = ClipVitKeys.of(from, config).read(from, Dtype.F32, Device.CPU);
    Map<String, Tensor> stored = new LinkedHashMap<>(ClipVitKeys.openAi(config).write(own));
    // Of the text part, which is passed over.
    stored.put("transformer.resblocks.0.ln_1.weight", Tensors.zeros(Dtype.F32, Device.CPU, 4));
    stored.put("logit_scale", Tensors.zeros(Dtype.F32, Device.CPU));
    stored.put("text_projection", Tensors.zeros(Dtype.F32, Device.CPU, 4, 4));
    Path file = temporary.resolve("openai.safetensors");
    Safetensors.write(file, stored, Map.of());
    return file;
  }

  @Test
  void namesGoToOpenAiAndBack() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(PROJECTED);
        Checkpoint original = Checkpoint.open(PROJECTED.path("checkpoint"));
        Checkpoint openAi = Checkpoint.open(openAi(encoder.config(), original))) {
      assertThat(openAi.info("visual.proj").shape()).containsExactly(48L, 32L);
      assertThat(openAi.info("visual.transformer.resblocks.1.attn.in_proj_weight").shape())
          .containsExactly(144L, 48L);
      try (ClipVit again =
          ClipVit.of(encoder.config(), openAi, ImageProcessor.clip(30), Dtype.F32, Device.CPU)) {
        assertEqual(again.imageEmbeds(input(PROJECTED)), PROJECTED, "image_embeds", 1e-4);
        KeyMap hf = ClipVitKeys.huggingFace(encoder.config(), ClipVitKeys.VISION_MODEL);
        Map<String, Tensor> back = hf.write(again.parameters().asMap());
        assertThat(new TreeSet<>(back.keySet())).isEqualTo(new TreeSet<>(original.names()));
        back.forEach(
            (name, tensor) ->
                assertThat(Tensors.toFloats(tensor))
                    .as(name)
                    .isEqualTo(Tensors.toFloats(original.get(name))));
      }
    }
  }

  @Test
  void aConfigurationIsReadOffOpenAiShapes() {
    ClipVitConfig config = ClipVitConfig.plain(48, 8, TowerShape.openAi(128, 2), 20);
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> own = new LinkedHashMap<>();
      ClipVitKeys.openAi(config)
          .shapes()
          .forEach(
              (name, shape) ->
                  own.put(
                      name,
                      Tensors.zeros(
                          Dtype.F32,
                          Device.CPU,
                          shape.stream().mapToLong(Long::longValue).toArray())));
      Path file = temporary.resolve("openai.safetensors");
      Safetensors.write(file, ClipVitKeys.openAi(config).write(own), Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(ClipVitConfig.ofOpenAi(checkpoint)).isEqualTo(config);
      }
      try (Checkpoint other = Checkpoint.open(PLAIN.path("checkpoint"))) {
        assertThatThrownBy(() -> ClipVitConfig.ofOpenAi(other))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("visual.conv1.weight");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ClipVitKeys.VISION_MODEL})
  void bothSpellingsOfHuggingFaceAreRead(String prefix) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(PLAIN)) {
      Map<String, Tensor> stored =
          ClipVitKeys.huggingFace(encoder.config(), prefix).write(encoder.parameters().asMap());
      assertThat(stored.keySet()).contains(prefix + "pre_layrnorm.weight");
      Map<String, Tensor> withBuffer = new LinkedHashMap<>(stored);
      withBuffer.put(prefix + "embeddings.position_ids", Tensors.range(26, Device.CPU));
      Path file = temporary.resolve("hf.safetensors");
      Safetensors.write(file, withBuffer, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          ClipVit again =
              ClipVit.of(
                  encoder.config(), checkpoint, ImageProcessor.clip(30), Dtype.F32, Device.CPU)) {
        assertEqual(again.encode(input(PLAIN)), PLAIN, "last_hidden_state", 1e-4);
      }
    }
  }

  @Test
  void unknownAndMissingNamesAreListed() {
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(PLAIN.path("checkpoint"))) {
      Map<String, Tensor> changed =
          checkpoint.names().stream()
              .filter(name -> !name.equals("encoder.layers.1.mlp.fc1.bias"))
              .collect(Collectors.toMap(name -> name, checkpoint::get));
      changed.put("encoder.layers.1.mlp.fc3.bias", Tensors.zeros(Dtype.F32, Device.CPU, 3));
      Path file = temporary.resolve("changed.safetensors");
      Safetensors.write(file, changed, Map.of());
      ClipVitConfig config;
      try (ClipVit encoder = load(PLAIN)) {
        config = encoder.config();
      }
      try (Checkpoint other = Checkpoint.open(file)) {
        assertThatThrownBy(
                () -> ClipVit.of(config, other, ImageProcessor.clip(30), Dtype.F32, Device.CPU))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("changed.safetensors")
            .hasMessageContaining("encoder.layers.1.mlp.fc1.bias")
            .hasMessageContaining("encoder.layers.1.mlp.fc3.bias");
      }
    }
  }

  @Test
  void wrongConfigurationsAreToldWithTheirKey() {
    record Case(Consumer<ObjectNode> change, String said) {}
    for (Case one :
        List.of(
            new Case(node -> node.put("hidden_act", "swosh"), "'hidden_act'"),
            new Case(node -> node.put("num_attention_heads", 5), "num_attention_heads 5"),
            new Case(node -> node.put("patch_size", 31), "patch_size 31"),
            new Case(node -> node.put("num_channels", 1), "'num_channels'"),
            new Case(node -> node.put("hidden_size", "wide"), "'hidden_size'"),
            new Case(node -> node.put("layer_norm_eps", -1), "layer_norm_eps"),
            new Case(node -> node.put("pretrained_image_size", 42), "[50, 48]"),
            new Case(node -> node.put("position_interpolation", "x"), "bicubic-corners"),
            new Case(node -> node.put("num_hidden_layers", 4), "encoder.layers.3"),
            new Case(node -> node.put("num_hidden_layers", 2_000_000_000), "at most 1000"),
            new Case(node -> node.put("hidden_size", 2_000_000_000), "at most 1048576"),
            new Case(node -> node.put("num_hidden_layers", 0), "num_hidden_layers"))) {
      Path folder = folder(PLAIN, one.change());
      assertThatThrownBy(() -> VisionEncoders.load(folder, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining(one.said());
    }
  }

  @Test
  void absurdSizesAreRefused() {
    TowerShape tower = TowerShape.openAi(64, 1);
    assertThatThrownBy(() -> ClipVitConfig.plain(2_000_000_000, 8, tower, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("image_size must be at most 32768");
    assertThatThrownBy(() -> ClipVitConfig.plain(16, 8, tower, 2_000_000_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("projection_dim must be at most 1048576");
  }

  @Test
  void aProcessorOfAnotherSizeIsRefused() {
    assertThatThrownBy(
            () ->
                VisionEncoders.load(
                    PLAIN.path("checkpoint"), ImageProcessor.clip(32), Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("32 pixels")
        .hasMessageContaining("takes 30");
    assertThatThrownBy(() -> VisionEncoders.load(PLAIN.path("checkpoint"), Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("preprocessor_config.json");
  }

  @Test
  void countsOfThePublishedModels() {
    assertThat(ClipVitConfig.vitL14().parameterCount()).isEqualTo(303_179_776);
    assertThat(ClipVitConfig.vitL14().tokens()).isEqualTo(257);
    assertThat(ClipVitConfig.vitL14At336().parameterCount()).isEqualTo(303_507_456);
    assertThat(ClipVitConfig.vitL14At336().tokens()).isEqualTo(577);
    assertThat(ClipVitConfig.vitB32().parameterCount()).isEqualTo(87_456_000);
    assertThat(ClipVitConfig.vitB16().parameterCount()).isEqualTo(85_799_424);
    assertThat(ClipVitConfig.vitH14().parameterCount()).isEqualTo(630_766_080);
    assertThat(ClipVitConfig.vitBigG14().parameterCount()).isEqualTo(1_842_777_344);
    assertThat(ClipVitConfig.lavisClipL().parameterCount()).isEqualTo(290_581_504);
    assertThat(ClipVitConfig.vitL14().withProjection(768).parameterCount())
        .isEqualTo(303_179_776 + 768 * 1024);
    assertThat(ClipVitConfig.vitL14().describe()).contains("224px", "patch14", "quick_gelu");
  }

  @Test
  void bfloat16IsNear() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder =
            VisionEncoders.load(
                PLAIN.path("checkpoint"), ImageProcessor.clip(30), Dtype.BF16, Device.CPU)) {
      Tensor features = encoder.encode(input(PLAIN));
      assertThat(Tensors.dtype(features)).isEqualTo(Dtype.BF16);
      Tensor expected = Tensors.ofFloats(PLAIN.floats("last_hidden_state"), 3, 26, 48);
      Tensor difference = Tensors.to(features, Dtype.F32).sub(expected);
      double relative =
          Math.sqrt(
              Tensors.value(difference.square().mean()) / Tensors.value(expected.square().mean()));
      assertThat(relative).isBetween(1e-4, 0.03);
    }
  }

  @Test
  void manyThreadsGetTheSameNumbers() {
    try (Scope scope = Scope.open();
        ClipVit encoder = load(PLAIN)) {
      float[] pixels = PLAIN.floats("pixel_values");
      List<float[]> all =
          java.util.stream.IntStream.range(0, 16)
              .parallel()
              .mapToObj(
                  i -> {
                    try (Scope own = Scope.open();
                        Tensors.NoGrad guard = Tensors.noGrad()) {
                      Tensor input = Tensors.ofFloats(pixels, 3, 3, 30, 30);
                      return Tensors.toFloats(encoder.encode(input));
                    }
                  })
              .toList();
      for (float[] one : all) {
        assertThat(one).isEqualTo(all.get(0));
      }
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipVit encoder = load(PLAIN)) {
      Tensor pixels = input(PLAIN).mul(new Scalar(1));
      long before = 0;
      for (int i = 0; i < 30; i++) {
        try (Scope step = Scope.open()) {
          encoder.encode(pixels);
          encoder.pooled(pixels);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
