package io.lorgnette.mapper;

import static io.lorgnette.mapper.LinearConfig.Names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Counts, initial weights, names, dropout and gradients of ClipCap's, linear and Perceiver's. */
class MapperKindsTest {

  private static final LinearConfig JOINED =
      new LinearConfig(3, 4, 6, 2, 3, true, 0.1, Names.MAGMA);

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  static Stream<Arguments> published() {
    return Stream.of(
        arguments("ClipCap, CLIP RN50x4", clipCap(640, 10), 42_728_448L),
        arguments("ClipCap, CLIP ViT-B/32", clipCap(512, 10), 41_745_408L),
        arguments("ClipCap as released", clipCap(640, 40), 57_520_128L),
        arguments("ClipCap of that length, CLIP ViT-B/32", clipCap(512, 40), 53_587_968L),
        arguments("ClipCap, MLP", ClipCapMlpConfig.between(512, 768), 31_468_800L),
        arguments("LiMBeR, CLIP", LinearConfig.limber(3072, 4096, 144), 12_587_008L),
        arguments("LiMBeR, NF-ResNet-50", LinearConfig.limber(2048, 4096, 1), 8_392_704L),
        arguments("LiMBeR, BEiT", LinearConfig.limber(1024, 4096, 196), 4_198_400L),
        arguments("MAGMA", LinearConfig.magma(3072, 4096, 144), 12_587_008L + 8_192),
        arguments("Frozen, GPT-J", LinearConfig.frozen(2048, 4096, 2), 16_785_408L),
        arguments("MiniGPT-4, 13B", LinearConfig.miniGpt4(768, 5120, 32, 1), 3_937_280L),
        arguments("MiniGPT-4, 7B", LinearConfig.miniGpt4(768, 4096, 32, 1), 3_149_824L),
        arguments("MiniGPT-4, Llama 2", LinearConfig.miniGpt4(1408, 4096, 256, 4), 23_072_768L),
        arguments("OpenFlamingo", PerceiverConfig.openFlamingo(1024), 63_019_008L),
        arguments("Flamingo-3B, without positions", PerceiverConfig.flamingo(1536), 188_900_352L));
  }

  private static ClipCapTransformerConfig clipCap(int width, int length) {
    return ClipCapTransformerConfig.between(width, 768, length);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("published")
  void hasThePublishedNumberOfParameters(String name, MapperConfig config, long parameters) {
    assertThat(config.parameterCount()).isEqualTo(parameters);
  }

  @Test
  void makesAsManyEmbeddingsAsPublished() {
    assertThat(LinearConfig.limber(3072, 4096, 144).prefixLength()).isEqualTo(144);
    assertThat(LinearConfig.frozen(2048, 4096, 2).prefixLength()).isEqualTo(2);
    assertThat(LinearConfig.miniGpt4(1408, 4096, 256, 4).prefixLength()).isEqualTo(64);
    assertThat(PerceiverConfig.openFlamingo(1024).prefixLength()).isEqualTo(64);
  }

  static Stream<MapperConfig> small() {
    return Stream.of(
        new ClipCapMlpConfig(5, 4, 3, true),
        new ClipCapTransformerConfig(5, 4, 3, 2, 2, 2, true),
        JOINED,
        LinearConfig.limber(3, 4, 2),
        LinearConfig.frozen(3, 4, 2),
        LinearConfig.miniGpt4(3, 4, 4, 2),
        new PerceiverConfig(6, 3, 2, 2, 2, 5, Activation.SQUARED_RELU));
  }

  /** Features of three images that fit a configuration. */
  private static Tensor features(MapperConfig config) {
    int tokens = config instanceof LinearConfig linear ? linear.tokens() : 1;
    int n = config instanceof PerceiverConfig ? 4 : tokens;
    int width = config.inputWidth();
    return Tensors.ofFloats(new Draws(5).normal(3 * n * width), 3, n, width);
  }

  @ParameterizedTest
  @MethodSource("small")
  void gradientsAreThoseOfSmallSteps(MapperConfig config) {
    try (Scope scope = Scope.open();
        Mapper drawn = config.create(9, Device.CPU);
        Mapper mapper = config.of(drawn.parameters().copyTo(Dtype.F64, Device.CPU))) {
      Tensor input = Tensors.to(features(config), Dtype.F64);
      Tensor output = mapper.map(input);
      assertThat(Tensors.shape(output))
          .containsExactly(3, config.prefixLength(), config.outputWidth());
      int count = Math.toIntExact(output.numel());
      Tensor probe =
          Tensors.to(
              Tensors.ofFloats(new Draws(6).normal(count), Tensors.shape(output)), Dtype.F64);
      Map<String, Tensor> varied = new LinkedHashMap<>(mapper.parameters().asMap());
      varied.put("input", input);
      varied.values().forEach(tensor -> tensor.requires_grad_(true));
      mapper.map(input).mul(probe).sum().backward();
      varied.forEach(
          (name, tensor) -> {
            float[] gradient = Tensors.toFloats(tensor.grad());
            double worst = 0;
            double largest = 0;
            for (int i = 0; i < gradient.length; i++) {
              double slope = slope(mapper, input, probe, tensor, i);
              worst = Math.max(worst, Math.abs(slope - gradient[i]));
              largest = Math.max(largest, Math.abs(slope));
            }
            assertThat(largest).as(name).isPositive();
            assertThat(worst).as(name).isLessThan(1e-6 * Math.max(1, largest));
          });
    }
  }

  /** How much the probed sum grows with the i-th value of a tensor. */
  private static double slope(Mapper mapper, Tensor input, Tensor probe, Tensor varied, int i) {
    double step = 1e-5;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor one = varied.detach().view(-1).narrow(0, i, 1);
      one.add_(new Scalar(step));
      double above = Tensors.value(mapper.map(input).mul(probe).sum());
      one.sub_(new Scalar(2 * step));
      double below = Tensors.value(mapper.map(input).mul(probe).sum());
      one.add_(new Scalar(step));
      return (above - below) / (2 * step);
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void theSeedAloneTellsTheInitialWeights(MapperConfig config) {
    try (Mapper one = config.create(3, Device.CPU);
        Mapper same = config.create(3, Device.CPU);
        Mapper other = config.create(4, Device.CPU)) {
      one.parameters()
          .asMap()
          .forEach(
              (name, tensor) -> {
                float[] values = Tensors.toFloats(tensor);
                assertThat(values).isEqualTo(Tensors.toFloats(same.parameters().get(name)));
                if (!name.contains("norm")) {
                  assertThat(values).isNotEqualTo(Tensors.toFloats(other.parameters().get(name)));
                }
              });
    }
  }

  @Test
  void startsAsPyTorchsModulesDo() {
    double draw = 2 * ((new Draws(7).nextLong() >>> 11) * 0x1p-53) - 1;
    try (Mapper mapper = LinearConfig.miniGpt4(40, 50, 8, 4).create(7, Device.CPU)) {
      float[] weight = uniform(mapper, "out.weight", 160); // four tokens of 40
      assertThat(weight[0]).isEqualTo((float) (draw / Math.sqrt(160)));
      uniform(mapper, "out.bias", 160);
    }
    try (Mapper mapper =
        new ClipCapTransformerConfig(50, 64, 40, 3, 2, 8, false).create(7, Device.CPU)) {
      uniform(mapper, "in.weight", 50);
      uniform(mapper, "in.bias", 50);
      normal(mapper, "constants");
      uniform(mapper, "layers.1.attention.qkv.weight", 64);
      uniform(mapper, "layers.1.attention.out.bias", 64);
      uniform(mapper, "layers.1.mlp.down.weight", 128);
      uniform(mapper, "layers.1.mlp.down.bias", 128);
      assertThat(floats(mapper, "layers.1.norm1.weight")).containsOnly(1);
      assertThat(floats(mapper, "layers.1.norm2.bias")).containsOnly(0);
      assertThat(floats(mapper, "layers.0.mlp.up.weight"))
          .isNotEqualTo(floats(mapper, "layers.1.mlp.up.weight"));
    }
    try (Mapper mapper =
        new PerceiverConfig(48, 40, 1, 2, 16, 64, Activation.GELU).create(7, Device.CPU)) {
      normal(mapper, "latents");
      uniform(mapper, "layers.0.key_value.weight", 48);
      uniform(mapper, "layers.0.out.weight", 32);
      uniform(mapper, "layers.0.mlp.down.weight", 64);
      assertThat(floats(mapper, "layers.0.mlp.norm.weight")).containsOnly(1);
    }
  }

  private static float[] floats(Mapper mapper, String name) {
    return Tensors.toFloats(mapper.parameters().get(name));
  }

  /** Fills the interval that PyTorch draws from for a fan-in. */
  private static float[] uniform(Mapper mapper, String name, int fanIn) {
    float[] values = floats(mapper, name);
    double bound = 1 / Math.sqrt(fanIn);
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).as(name).isBetween(0.9 * bound, bound * (1 + 1e-6));
    return values;
  }

  private static void normal(Mapper mapper, String name) {
    try (Scope scope = Scope.open()) {
      Tensor tensor = mapper.parameters().get(name);
      assertThat(Tensors.value(tensor.mean())).isBetween(-0.1, 0.1);
      assertThat(Tensors.value(tensor.std())).isBetween(0.95, 1.05);
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void namesThatDoNotFitAreListed(MapperConfig config, @TempDir Path folder) {
    try (Scope scope = Scope.open();
        Mapper mapper = config.create(1, Device.CPU)) {
      Map<String, Tensor> stored = config.keys().write(mapper.parameters().asMap());
      List<String> names = List.copyOf(stored.keySet());
      assertThat(names).isEqualTo(config.keys().storedNames().toList());
      String last = names.get(names.size() - 1);
      Tensor taken = stored.remove(last);
      Path file = folder.resolve("mapper.safetensors");
      Safetensors.write(file, stored, Map.of());
      assertThatThrownBy(read(config, file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("missing 1 (" + last + ")");
      stored.put(last, taken);
      stored.put("stray", taken);
      Safetensors.write(file, stored, Map.of());
      assertThatThrownBy(read(config, file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("unknown 1 (stray)");
    }
  }

  private static ThrowingCallable read(MapperConfig config, Path file) {
    return () -> {
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        config.read(checkpoint, Dtype.F32, Device.CPU).close();
      }
    };
  }

  static Stream<Arguments> others() {
    return Stream.of(
        arguments(new ClipCapMlpConfig(5, 4, 3, true), "gpt.transformer.wte.weight"),
        arguments(
            new ClipCapTransformerConfig(5, 4, 3, 2, 2, 2, true), "gpt.transformer.h.0.attn.bias"),
        arguments(LinearConfig.magma(3, 4, 2), "lm.lm_head.bias"),
        arguments(LinearConfig.magma(3, 4, 2), "image_prefix.enc.conv1.weight"),
        arguments(LinearConfig.frozen(3, 4, 2), "encoder.stem.conv.weight"),
        arguments(
            new PerceiverConfig(6, 3, 2, 2, 2, 5, Activation.GELU),
            "lang_encoder.transformer.blocks.0.gated_cross_attn_layer.attn_gate"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void otherPartsOfTheSystemArePassedOver(MapperConfig config, String name, @TempDir Path folder) {
    try (Scope scope = Scope.open();
        Mapper mapper = config.create(1, Device.CPU)) {
      Map<String, Tensor> stored = config.keys().write(mapper.parameters().asMap());
      stored.put(name, Tensors.ofFloats(new float[] {1}, 1));
      Path file = folder.resolve("system.safetensors");
      Safetensors.write(file, stored, Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file);
          Mapper again = config.read(checkpoint, Dtype.F32, Device.CPU)) {
        assertThat(again.parameters().names()).isEqualTo(mapper.parameters().names());
      }
    }
  }

  @Test
  void namesAreThoseOfEachSystem() {
    assertThat(LinearConfig.limber(3, 4, 2).keys().storedNames()).containsExactly("weight", "bias");
    assertThat(JOINED.keys().storedNames())
        .containsExactly(
            "image_prefix.proj.weight",
            "image_prefix.proj.bias",
            "image_prefix.ln.weight",
            "image_prefix.ln.bias");
    assertThat(LinearConfig.frozen(3, 4, 2).keys().storedNames())
        .containsExactly("proj.weight", "proj.bias");
    assertThat(LinearConfig.miniGpt4(3, 4, 4, 2).keys().storedNames())
        .containsExactly("llama_proj.weight", "llama_proj.bias");
  }

  /** Tokens side by side in one row of the weights' input, in their order. */
  @Test
  void joinsNeighbours() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Mapper joining = LinearConfig.miniGpt4(3, 4, 6, 2).create(2, Device.CPU);
        Mapper plain =
            LinearConfig.miniGpt4(6, 4, 3, 1)
                .of(joining.parameters().copyTo(Dtype.F32, Device.CPU))) {
      Tensor features = Tensors.ofFloats(new Draws(1).normal(36), 2, 6, 3);
      Tensor first = features.narrow(1, 2, 1);
      Tensor second = features.narrow(1, 3, 1);
      Tensor pairs = features.view(2, 3, 6); // [B, 6, 3] -> [B, 3, 6]
      assertThat(Tensors.toFloats(pairs.narrow(1, 1, 1)))
          .isEqualTo(Tensors.toFloats(Tensors.cat(2, first, second)));
      assertThat(Tensors.toFloats(joining.map(features)))
          .isEqualTo(Tensors.toFloats(plain.map(pairs)));
    }
  }

  @Test
  void theLinearMapsOutputIsDroppedInTrainingBeforeItsNorm() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Mapper bare = LinearConfig.limber(3, 400, 5).create(2, Device.CPU)) {
      Tensor features = Tensors.ofFloats(new Draws(1).normal(30), 2, 5, 3);
      float[] plain = Tensors.toFloats(bare.map(features));
      float[] dropped = Tensors.toFloats(bare.map(features, Dropout.seeded(1)));
      int zeros = 0;
      for (int i = 0; i < plain.length; i++) {
        assertThat(dropped[i] == 0 || Math.abs(dropped[i] * 0.9f - plain[i]) < 1e-6f).isTrue();
        zeros += dropped[i] == 0 ? 1 : 0;
      }
      assertThat(zeros).isBetween(300, 500); // a tenth of 4,000
      assertThat(Tensors.toFloats(bare.map(features, Dropout.seeded(1)))).isEqualTo(dropped);
      Map<String, Tensor> tensors =
          new LinkedHashMap<>(bare.parameters().copyTo(Dtype.F32, Device.CPU).asMap());
      tensors.put("norm.weight", Tensors.ofFloats(ones(400), 400));
      tensors.put("norm.bias", Tensors.ofFloats(new float[400], 400));
      try (Mapper normed = LinearConfig.magma(3, 400, 5).of(Parameters.of(tensors))) {
        Tensor rows = normed.map(features, Dropout.seeded(1));
        assertThat(Tensors.value(rows.mean(2).abs().max())).isLessThan(1e-5);
        assertThat(Tensors.toFloats(rows)).doesNotContain(0f);
      }
    }
  }

  private static float[] ones(int count) {
    float[] values = new float[count];
    Arrays.fill(values, 1);
    return values;
  }

  @ParameterizedTest
  @MethodSource("small")
  void takesFeaturesInHalfPrecisionAndNoOthersShape(MapperConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Mapper mapper = config.create(1, Device.CPU)) {
      Tensor half = Tensors.to(features(config), Dtype.F16);
      Tensor prefix = mapper.map(half);
      assertThat(Tensors.dtype(prefix)).isEqualTo(Dtype.F32);
      assertThat(Tensors.toFloats(prefix))
          .isEqualTo(Tensors.toFloats(mapper.map(Tensors.to(half, Dtype.F32))));
      Tensor wider = Tensors.cat(2, half, half);
      assertThatThrownBy(() -> mapper.map(wider))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(
              ", " + config.inputWidth() + "] but got " + Tensors.describe(wider));
      if (!(config instanceof PerceiverConfig)) {
        Tensor more = Tensors.cat(1, half, half);
        assertThatThrownBy(() -> mapper.map(more))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(
                "[images, " + half.size(1) + ", " + config.inputWidth() + "] but got");
      }
    }
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        refused("inputWidth", () -> new ClipCapMlpConfig(0, 4, 3, false)),
        refused("no hidden width", () -> new ClipCapMlpConfig(5, 1, 1, false)),
        refused("multiple of heads 3", () -> new ClipCapTransformerConfig(5, 4, 3, 2, 2, 3, true)),
        refused("tokens", () -> new ClipCapTransformerConfig(5, 4, 3, 0, 2, 2, true)),
        refused("layers", () -> new ClipCapTransformerConfig(5, 4, 3, 2, 1001, 2, true)),
        refused("multiple of joined 4", () -> LinearConfig.miniGpt4(3, 4, 6, 4)),
        refused("split", () -> LinearConfig.frozen(3, 4, 0)),
        refused(
            "than can be counted",
            () -> new LinearConfig(3, 4, 1 << 20, 1, 1 << 20, false, 0, Names.FROZEN)),
        refused("dropout", () -> new LinearConfig(3, 4, 6, 2, 1, false, 1, Names.LIMBER)),
        refused("latents", () -> new PerceiverConfig(6, 0, 2, 2, 2, 5, Activation.GELU)),
        refused("hidden", () -> PerceiverConfig.openFlamingo(Integer.MAX_VALUE / 2)));
  }

  private static Arguments refused(String named, ThrowingCallable config) {
    return arguments(named, config);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  void refusesImpossibleSizes(String named, ThrowingCallable config) {
    assertThatThrownBy(config)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }
}
