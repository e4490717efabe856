package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertClose;
import static io.lorgnette.vision.Encoders.assertEqual;
import static io.lorgnette.vision.Encoders.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
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
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EfficientNetLiteTest {

  private static final Golden GOLDEN = Golden.open("goldens/efficientnet-lite");

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Consumer<ObjectNode> change) {
    return Encoders.folder(
        temporary.resolve("encoder" + folders++),
        GOLDEN.path("config.json"),
        GOLDEN.path("model.safetensors"),
        node -> {
          node.put("model_type", "efficientnet-lite");
          node.put("image_size", 35);
          node.put("padding", "symmetric");
          change.accept(node);
        });
  }

  private EfficientNetLite load(Consumer<ObjectNode> change) {
    return (EfficientNetLite) VisionEncoders.load(folder(change), Dtype.F32, Device.CPU);
  }

  @Test
  void everyStageEqualsTimm() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EfficientNetLite encoder = load(node -> {})) {
      Map<String, Tensor> stages = encoder.stages(input(GOLDEN));
      assertThat(stages.keySet())
          .containsExactly("stem", "stage0", "stage1", "stage2", "stage3", "features");
      stages.forEach((name, value) -> assertEqual(value, GOLDEN, name, 1e-4));
      assertEqual(encoder.logits(input(GOLDEN)), GOLDEN, "logits", 1e-4);
    }
  }

  @Test
  void gradientModeDoesNotChangeTheNumbers() {
    try (Scope scope = Scope.open();
        EfficientNetLite encoder = load(node -> {})) {
      encoder.parameters().trainable(true);
      Tensor pixels = input(GOLDEN).requires_grad_(true);
      Tensor tokens = encoder.encode(pixels);
      assertEqual(encoder.stages(pixels).get("features"), GOLDEN, "features", 1e-4);
      tokens.sum().backward();
      assertThat(Tensors.value(pixels.grad().abs().sum())).isPositive();
      encoder
          .parameters()
          .at("conv_head")
          .tensors()
          .forEach(p -> assertThat(Tensors.value(p.grad().abs().sum())).isPositive());
    }
  }

  @Test
  void tokensAreThePlacesOfTheMapRowByRow() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EfficientNetLite encoder = load(node -> {})) {
      float[] tokens = Tensors.toFloats(encoder.encode(input(GOLDEN)));
      assertThat(encoder.tokens()).isEqualTo(25);
      assertThat(encoder.width()).isEqualTo(40);
      float[] map = GOLDEN.floats("features"); // [1, 40, 5, 5]
      float[] expected = new float[map.length];
      for (int channel = 0; channel < 40; channel++) {
        for (int place = 0; place < 25; place++) {
          expected[place * 40 + channel] = map[channel * 25 + place];
        }
      }
      assertClose(tokens, expected, "tokens", 1e-4);
    }
  }

  @Test
  void anEarlierStageCanBeTheOutput() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EfficientNetLite whole = load(node -> {});
        EfficientNetLite stage3 = load(node -> node.put("output", "stage3"));
        VisionEncoder again =
            VisionEncoders.load(folder(node -> {}), "stage3", Dtype.F32, Device.CPU)) {
      assertThat(again.identity()).isEqualTo(stage3.identity());
      assertThat(stage3.width()).isEqualTo(24);
      assertThat(stage3.tokens()).isEqualTo(25);
      Tensor tokens = stage3.encode(input(GOLDEN)); // [1, 25, 24]
      Tensor map = tokens.transpose(1, 2).reshape(1, 24, 5, 5);
      assertEqual(map, GOLDEN, "stage3", 1e-4);
      assertThat(stage3.identity()).isNotEqualTo(whole.identity());
      assertEqual(stage3.logits(input(GOLDEN)), GOLDEN, "logits", 1e-4);
    }
  }

  /** A plain network with its norms apart, in F64: the other way to the same numbers. */
  @Test
  void tensorflowPaddingAndItsEpsilonEqualAnUnfoldedNetwork() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Checkpoint checkpoint = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      for (int size : new int[] {32, 35}) {
        try (EfficientNetLite encoder =
            load(node -> node.put("padding", "same").put("bn_eps", 1e-3).put("image_size", size))) {
          Tensor pixels = input(GOLDEN).narrow(2, 0, size).narrow(3, 0, size);
          Map<String, Tensor> stages = encoder.stages(pixels);
          Map<String, Tensor> expected =
              unfolded(encoder.config(), checkpoint, Tensors.to(pixels, Dtype.F64));
          assertThat(stages.keySet()).isEqualTo(expected.keySet());
          expected.forEach(
              (name, value) ->
                  assertClose(
                      Tensors.toFloats(stages.get(name)), Tensors.toFloats(value), name, 1e-4));
        }
      }
    }
  }

  private static Map<String, Tensor> unfolded(
      EfficientNetLiteConfig config, Checkpoint checkpoint, Tensor pixels) {
    EfficientNetLiteLayout layout = EfficientNetLiteLayout.of(config);
    Map<String, Tensor> stages = new LinkedHashMap<>();
    Tensor x = unfolded(config, checkpoint, layout.stem(), pixels);
    stages.put("stem", x);
    for (EfficientNetLiteLayout.Block block : layout.blocks()) {
      Tensor in = x;
      for (EfficientNetLiteLayout.Conv conv : block.convolutions()) {
        x = unfolded(config, checkpoint, conv, x);
      }
      x = block.skip() ? x.add(in) : x;
      if (block.stage() >= 0) {
        stages.put("stage" + block.stage(), x);
      }
    }
    stages.put("features", unfolded(config, checkpoint, layout.head(), x));
    return stages;
  }

  private static Tensor unfolded(
      EfficientNetLiteConfig config,
      Checkpoint checkpoint,
      EfficientNetLiteLayout.Conv conv,
      Tensor x) {
    long out = (x.size(3) + conv.stride() - 1) / conv.stride();
    long pad = Math.max(0, (out - 1) * conv.stride() + conv.kernel() - x.size(3));
    long after = (pad + 1) / 2;
    Tensor padded = torch.constant_pad_nd(x, new long[] {pad - after, after, pad - after, after});
    Tensor y =
        torch.conv2d(
            padded,
            wide(checkpoint, conv.name() + ".weight"),
            Tensors.optional(null),
            new long[] {conv.stride(), conv.stride()},
            new long[] {0, 0},
            new long[] {1, 1},
            conv.groups());
    long[] channels = {1, conv.out(), 1, 1};
    Tensor centred = y.sub(wide(checkpoint, conv.norm() + ".running_mean").view(channels));
    Tensor spread =
        wide(checkpoint, conv.norm() + ".running_var")
            .add(new Scalar(config.normEpsilon()))
            .sqrt()
            .view(channels);
    Tensor normed =
        centred
            .div(spread)
            .mul(wide(checkpoint, conv.norm() + ".weight").view(channels))
            .add(wide(checkpoint, conv.norm() + ".bias").view(channels));
    return conv.activated() ? torch.relu6(normed) : normed;
  }

  private static Tensor wide(Checkpoint checkpoint, String name) {
    return Tensors.to(checkpoint.get(name), Dtype.F64);
  }

  @Test
  void aFoldedCheckpointGivesTheSameFeatures() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EfficientNetLite encoder = load(node -> {})) {
      Path folder = temporary.resolve("folded");
      VisionEncoders.save(folder, encoder, folder(node -> {}).resolve("preprocessor_config.json"));
      try (EfficientNetLite again =
          (EfficientNetLite) VisionEncoders.load(folder, Dtype.F32, Device.CPU)) {
        assertThat(again.config()).isEqualTo(encoder.config().withFolded(true));
        assertThat(again.parameters().names()).isEqualTo(encoder.parameters().names());
        assertThat(Tensors.toFloats(again.encode(input(GOLDEN))))
            .isEqualTo(Tensors.toFloats(encoder.encode(input(GOLDEN))));
        assertThat(again.parameterCount()).isEqualTo(encoder.parameterCount());
      }
    }
  }

  @Test
  void bfloat16IsNear() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder = VisionEncoders.load(folder(node -> {}), Dtype.BF16, Device.CPU)) {
      Tensor features = encoder.stages(input(GOLDEN)).get("features");
      assertThat(Tensors.dtype(features)).isEqualTo(Dtype.BF16);
      float[] actual = Tensors.toFloats(features);
      float[] expected = GOLDEN.floats("features");
      double squares = 0;
      double differences = 0;
      for (int i = 0; i < actual.length; i++) {
        squares += expected[i] * expected[i];
        differences += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      }
      assertThat(Math.sqrt(differences / squares)).isBetween(1e-4, 0.05);
    }
  }

  @Test
  void countsOfThePublishedSizes() {
    long[] counts = {4_652_008, 5_416_680, 6_092_072, 8_197_096, 13_006_568};
    for (int size = 0; size < counts.length; size++) {
      assertThat(EfficientNetLiteConfig.lite(size).parameterCount()).isEqualTo(counts[size]);
    }
    EfficientNetLiteConfig lite0 = EfficientNetLiteConfig.lite(0);
    assertThat(lite0.tokens()).isEqualTo(49);
    assertThat(lite0.width()).isEqualTo(1280);
    assertThat(lite0.withOutput(6).width()).isEqualTo(320);
    assertThat(lite0.withOutput(4).tokens()).isEqualTo(196);
  }

  @Test
  void wrongCheckpointsAreToldInOneSentence() {
    assertThatThrownBy(() -> load(node -> node.put("head", 48)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("conv_head.weight")
        .hasMessageContaining("[40, 24, 1, 1]")
        .hasMessageContaining("[48, 24, 1, 1]");
    assertThatThrownBy(() -> load(node -> node.put("num_classes", 0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("unknown 2 (classifier.bias, classifier.weight)");
    assertThatThrownBy(() -> load(node -> ((ObjectNode) node.at("/stages/3")).put("repeats", 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing 15 (blocks.3.1.conv_pw.weight");
  }

  @Test
  void wrongConfigurationsAreToldWithFileAndKey() {
    record Case(Consumer<ObjectNode> change, List<String> said) {}
    List<Case> cases =
        List.of(
            new Case(node -> node.put("model_type", "resnet"), List.of("model_type", "resnet")),
            new Case(node -> node.put("act", "silu"), List.of("'act'", "silu", "relu6")),
            new Case(node -> node.put("padding", "tf"), List.of("'padding'", "tf", "same")),
            new Case(node -> node.put("output", "stage9"), List.of("'stage9'", "stage3")),
            new Case(node -> node.put("bn_eps", "x"), List.of("'bn_eps'", "a number")),
            new Case(node -> node.put("bn_eps", 0), List.of("bn_eps", "above 0")),
            new Case(node -> node.put("image_size", 3.5), List.of("'image_size'", "whole")),
            new Case(node -> node.remove("stem"), List.of("'stem'", "missing")),
            new Case(node -> node.put("hed", 3), List.of("'hed'", "unknown")),
            new Case(
                node -> ((ObjectNode) node.at("/stages/0")).put("kernel", 4),
                List.of("stages[0]", "kernel", "odd")));
    for (Case one : cases) {
      assertThatThrownBy(() -> load(one.change()))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll(one.said().toArray(CharSequence[]::new));
    }
  }

  @Test
  void pixelsOfAnotherSizeAreRefused() {
    try (Scope scope = Scope.open();
        EfficientNetLite encoder = load(node -> {})) {
      assertThatThrownBy(() -> encoder.encode(Tensors.zeros(Dtype.F32, Device.CPU, 1, 3, 35, 34)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[1, 3, 35, 34]");
    }
  }

  @Test
  void identityFollowsTheWeights() throws Exception {
    try (Scope scope = Scope.open();
        EfficientNetLite one = load(node -> {});
        EfficientNetLite same = load(node -> {});
        Checkpoint checkpoint = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      assertThat(same.identity()).isEqualTo(one.identity());
      Map<String, Tensor> changed = new LinkedHashMap<>();
      checkpoint.names().forEach(name -> changed.put(name, checkpoint.get(name)));
      changed.put("classifier.bias", changed.get("classifier.bias").add(new Scalar(1)));
      Path folder = folder(node -> {});
      Files.delete(folder.resolve("model.safetensors"));
      Safetensors.write(folder.resolve("model.safetensors"), changed, Map.of());
      try (VisionEncoder other = VisionEncoders.load(folder, Dtype.F32, Device.CPU)) {
        assertThat(other.identity()).isNotEqualTo(one.identity());
      }
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        EfficientNetLite encoder = load(node -> {})) {
      Tensor pixels = input(GOLDEN);
      long before = 0;
      for (int i = 0; i < 30; i++) {
        try (Scope step = Scope.open()) {
          encoder.encode(pixels);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
