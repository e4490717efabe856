package io.lorgnette.vision;

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
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipResNetTest {

  private static final Golden GOLDEN = Golden.open("goldens/clip-resnet");

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Consumer<ObjectNode> change) {
    return Encoders.folder(
        temporary.resolve("encoder" + folders++),
        GOLDEN.path("config.json"),
        GOLDEN.path("model.safetensors"),
        change);
  }

  private ClipResNet load(Consumer<ObjectNode> change) {
    return (ClipResNet) VisionEncoders.load(folder(change), Dtype.F32, Device.CPU);
  }

  @Test
  void everyStageEqualsOpenClip() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipResNet encoder = load(node -> {})) {
      Map<String, Tensor> stages = encoder.stages(input(GOLDEN));
      assertThat(stages.keySet())
          .containsExactly(
              "stem", "layer1", "layer2", "layer3", "layer4", "grid", "image_features");
      for (String name : List.of("layer3", "layer4", "grid", "image_features")) {
        assertEqual(stages.get(name), GOLDEN, name, 1e-4);
      }
      assertEqual(encoder.encode(input(GOLDEN)), GOLDEN, "grid", 1e-4);
      assertEqual(encoder.imageEmbeds(input(GOLDEN)), GOLDEN, "image_features", 1e-4);
      assertThat(encoder.tokens()).isEqualTo(9);
      assertThat(encoder.width()).isEqualTo(128);
      assertThat(encoder.parameters().names()).hasSize(2 * 22 + 9);
    }
  }

  @Test
  void thePooledVectorCanBeTheOutput() {
    Path folder = folder(node -> node.put("model_type", "clip-resnet"));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder grid = VisionEncoders.load(folder, "grid", Dtype.F32, Device.CPU);
        VisionEncoder pooled = VisionEncoders.load(folder, "embedding", Dtype.F32, Device.CPU)) {
      assertThat(pooled.tokens()).isEqualTo(1);
      assertThat(pooled.width()).isEqualTo(12);
      assertEqual(pooled.encode(input(GOLDEN)).squeeze(1), GOLDEN, "image_features", 1e-4);
      assertThat(pooled.identity()).isNotEqualTo(grid.identity());
    }
    assertThatThrownBy(() -> VisionEncoders.load(folder, "last", Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("grid or embedding");
  }

  @Test
  void gradientModeDoesNotChangeTheNumbers() {
    try (Scope scope = Scope.open();
        ClipResNet encoder = load(node -> {})) {
      encoder.parameters().trainable(true);
      Tensor pixels = input(GOLDEN).requires_grad_(true);
      Tensor pooled = encoder.imageEmbeds(pixels);
      assertEqual(pooled, GOLDEN, "image_features", 1e-4);
      pooled.square().sum().backward();
      assertThat(Tensors.value(pixels.grad().abs().sum())).isPositive();
      encoder
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) -> {
                if (!name.equals("attnpool.k_proj.bias")) { // a shift of all scores: no effect
                  assertThat(Tensors.value(tensor.grad().abs().sum())).as(name).isPositive();
                }
              });
    }
  }

  @Test
  void aTrunkByItselfGivesTheGrid() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Checkpoint original = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      ClipResNetConfig config = ClipResNetConfig.plain(96, 4, List.of(1, 2, 1, 1), 0);
      Map<String, Tensor> trunk = new LinkedHashMap<>();
      for (String name : original.names()) {
        if (!name.contains("attnpool")) {
          trunk.put(name.substring("visual.".length()), original.get(name));
        }
      }
      Path file = temporary.resolve("trunk.safetensors");
      Safetensors.write(file, trunk, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          ClipResNet encoder =
              ClipResNet.of(config, checkpoint, ImageProcessor.clip(96), Dtype.F32, Device.CPU)) {
        assertEqual(encoder.encode(input(GOLDEN)), GOLDEN, "grid", 1e-4);
        assertThat(encoder.stages(input(GOLDEN))).doesNotContainKey("image_features");
        assertThatThrownBy(() -> encoder.imageEmbeds(input(GOLDEN)))
            .isInstanceOf(IllegalStateException.class);
        assertThat(encoder.parameterCount()).isEqualTo(config.trunkParameterCount());
        assertThatThrownBy(() -> config.withOutput("embedding"))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("without attention pool");
      }
    }
  }

  @Test
  void namesGoThereAndBack() {
    try (Scope scope = Scope.open();
        ClipResNet encoder = load(node -> {});
        Checkpoint original = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      KeyMap keys = ClipResNetLayout.keys(original, encoder.config());
      Map<String, Tensor> own = keys.read(original, Dtype.F16, Device.CPU);
      Map<String, Tensor> back = keys.write(own);
      TreeSet<String> learned = new TreeSet<>(original.names());
      learned.removeIf(name -> name.endsWith("num_batches_tracked"));
      assertThat(new TreeSet<>(back.keySet())).isEqualTo(learned);
      back.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor))
                  .as(name)
                  .isEqualTo(Tensors.toFloats(original.get(name))));
      own.values().forEach(Tensor::close);
    }
  }

  @Test
  void aConfigurationIsReadOffOpenAiShapes() {
    // The heads of this golden are 32 wide; OpenAI's are 64.
    try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      assertThat(ClipResNetConfig.ofOpenAi(checkpoint))
          .isEqualTo(ClipResNetConfig.plain(96, 4, List.of(1, 2, 1, 1), 12));
    }
  }

  @Test
  void countsOfThePublishedModels() {
    assertThat(ClipResNetConfig.rn50x16().trunkParameterCount()).isEqualTo(136_202_640);
    assertThat(ClipResNetConfig.rn50x16().tokens()).isEqualTo(144);
    assertThat(ClipResNetConfig.rn50x16().featureWidth()).isEqualTo(3072);
    assertThat(ClipResNetConfig.rn50x4().tokens()).isEqualTo(81);
    assertThat(ClipResNetConfig.rn50x4().featureWidth()).isEqualTo(2560);
    assertThat(ClipResNetConfig.rn50().trunkParameterCount()).isEqualTo(23_527_264);
    assertThat(ClipResNetConfig.rn101().trunkParameterCount()).isEqualTo(42_519_392);
    assertThat(ClipResNetConfig.rn50x4().trunkParameterCount()).isEqualTo(65_619_640);
    assertThat(ClipResNetConfig.rn50x64().trunkParameterCount()).isEqualTo(365_034_176);
    assertThat(ClipResNetConfig.rn50().parameterCount()).isEqualTo(38_316_896);
    assertThat(ClipResNetConfig.rn101().parameterCount()).isEqualTo(56_259_936);
    assertThat(ClipResNetConfig.rn50x4().parameterCount()).isEqualTo(87_137_080);
    assertThat(ClipResNetConfig.rn50x16().parameterCount()).isEqualTo(167_328_912);
    assertThat(ClipResNetConfig.rn50x64().parameterCount()).isEqualTo(420_380_352);
    assertThat(ClipResNetConfig.rn50x16().withProjection(0).parameterCount())
        .isEqualTo(136_202_640);
  }

  @Test
  void theShapeIsToldWithoutWeights() {
    EncoderShape shape = VisionEncoders.shape(folder(node -> {}));
    assertThat(shape.tokens()).isEqualTo(9);
    assertThat(shape.width()).isEqualTo(128);
    assertThat(shape.description()).contains("clip-resnet 96px", "layers1-2-1-1");
  }

  @Test
  void wrongConfigurationsAreToldWithTheirKey() {
    record Case(Consumer<ObjectNode> change, String said) {}
    for (Case one :
        List.of(
            new Case(node -> node.put("heads", 5), "heads 5"),
            new Case(node -> node.put("width", 3), "width 3 is odd"),
            new Case(node -> node.put("image_size", 97), "image_size 97"),
            new Case(node -> node.put("bn_eps", 0), "bn_eps"),
            new Case(node -> node.putArray("layers").add(1).add(2), "[1, 2]"),
            new Case(node -> node.putArray("layers").add("x"), "'layers'"),
            new Case(node -> node.put("output_dim", 13), "attnpool.c_proj.weight [12, 128]"),
            new Case(node -> node.put("model_type", "resnet"), "clip-resnet"),
            new Case(node -> node.putArray("layers").add(1).add(1).add(1).add(1), "unknown 15 "))) {
      Path folder = folder(one.change());
      assertThatThrownBy(() -> VisionEncoders.load(folder, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining(one.said());
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        ClipResNet encoder = load(node -> {})) {
      Tensor pixels = input(GOLDEN);
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
