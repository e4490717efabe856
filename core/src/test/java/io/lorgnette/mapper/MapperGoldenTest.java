package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mapping networks against the published modules: outputs, gradients, key names. */
class MapperGoldenTest {

  /**
   * A golden.
   *
   * @param under prefix of its names that released ones do not have
   * @param omitted prefix of released names that its names do not have
   */
  record Kind(String name, MapperConfig config, String under, String omitted) {

    Checkpoint open() {
      return Checkpoint.open(golden("weights").path(name + ".weights.safetensors")).under(under);
    }

    Mapper read() {
      try (Checkpoint checkpoint = open()) {
        return config.read(checkpoint, Dtype.F32, Device.CPU);
      }
    }

    Golden golden(String what) {
      return Golden.open("goldens/mappers", name + "." + what + ".safetensors");
    }

    String goldenName(String released) {
      assertThat(released).startsWith(omitted);
      return under + released.substring(omitted.length());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final Kind CLIPCAP_TRANSFORMER =
      new Kind(
          "clipcap-transformer",
          new ClipCapTransformerConfig(20, 24, 6, 4, 3, 8, false),
          "",
          "clip_project.");

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("mapl", new MaplConfig(20, 32, 24, 6, 4, 8, 64, 0.1, true), "", ""),
        new Kind("mapl-nobias", new MaplConfig(20, 16, 24, 5, 2, 4, 32, 0.1, false), "", ""),
        new Kind("clipcap-mlp", new ClipCapMlpConfig(20, 24, 5, false), "", "clip_project."),
        CLIPCAP_TRANSFORMER,
        new Kind("limber-linear", LinearConfig.limber(20, 24, 10), "proj.", ""),
        new Kind("frozen-linear", LinearConfig.frozen(20, 24, 2), "", ""));
  }

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void givesTheReferenceOutputsAndGradients(Kind kind) {
    Golden golden = kind.golden("golden");
    try (Scope scope = Scope.open();
        Mapper mapper = kind.read()) {
      long count = golden.json().path("parameters").path(kind.name()).asLong();
      assertThat(mapper.config().parameterCount()).isEqualTo(count);
      assertThat(mapper.parameters().count()).isEqualTo(count);
      mapper.parameters().trainable(true);
      Tensor input = input(golden).requires_grad_(true);

      Tensor output = mapper.map(input);
      assertThat(Tensors.shape(output)).containsExactly(golden.shape("output"));
      assertThat(output.size(1)).isEqualTo(mapper.prefixLength());
      close(output, golden.floats("output"), 1e-4, "output");

      output.mul(tensor(golden, "probe")).sum().backward();
      closeGradient(input.grad(), golden.floats("grad.input"), "input");
      Map<String, Tensor> gradients = new LinkedHashMap<>();
      mapper.parameters().asMap().forEach((own, tensor) -> gradients.put(own, tensor.grad()));
      Map<String, Tensor> stored = mapper.config().keys().write(gradients);
      assertThat(stored).hasSize(kind.golden("weights").names().size());
      stored.forEach(
          (key, gradient) ->
              closeGradient(gradient, golden.floats("grad.param." + kind.goldenName(key)), key));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void writesTheReleasedKeysAsTheyWere(Kind kind, @TempDir Path folder) {
    Path written = folder.resolve("mapper.safetensors");
    try (Mapper mapper = kind.read()) {
      Map<String, Tensor> stored = kind.config().keys().write(mapper.parameters().asMap());
      Safetensors.write(written, stored, Map.of());
    }
    Golden golden = kind.golden("weights");
    Map<String, float[]> values = new TreeMap<>();
    try (Scope scope = Scope.open();
        Checkpoint again = Checkpoint.open(written);
        Mapper read = kind.config().read(again, Dtype.F32, Device.CPU)) {
      again.names().forEach(k -> values.put(kind.goldenName(k), Tensors.toFloats(again.get(k))));
      assertThat(read.parameters().names()).isEqualTo(kind.config().keys().shapes().keySet());
    }
    assertThat(values.keySet()).isEqualTo(golden.names());
    values.forEach((key, own) -> assertThat(own).as(key).isEqualTo(golden.floats(key)));
  }

  /** What is normalised before the mapper or by it is the same, whatever its length was. */
  @Test
  void normalisesTheEmbeddingOfAnImageWhereToldTo() {
    ClipCapTransformerConfig normalizing = new ClipCapTransformerConfig(20, 24, 6, 4, 3, 8, true);
    Golden golden = CLIPCAP_TRANSFORMER.golden("golden");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Mapper plain = CLIPCAP_TRANSFORMER.read();
        Mapper mapper = normalizing.of(plain.parameters())) {
      Tensor input = input(golden);
      Tensor length = input.square().sum(new long[] {-1}, true, null).sqrt();
      float[] expected = Tensors.toFloats(plain.map(input.div(length)));
      close(mapper.map(input.mul(new Scalar(3.5))), expected, 1e-5, "normalised");
      assertThat(Tensors.value(plain.map(input).sub(mapper.map(input)).abs().max()))
          .isGreaterThan(1e-2);
      // Without a direction it stays without one.
      Tensor nothing = input.mul(new Scalar(0.0));
      close(mapper.map(nothing), Tensors.toFloats(plain.map(nothing)), 0, "nothing");
      try (Mapper half = normalizing.of(plain.parameters().copyTo(Dtype.F16, Device.CPU))) {
        close(half.map(input), expected, 2e-2, "half precision");
        close(half.map(nothing), Tensors.toFloats(plain.map(nothing)), 2e-2, "half of nothing");
      }
    }
  }

  private static Tensor input(Golden golden) {
    Tensor input = tensor(golden, "input");
    return input.dim() == 2 ? input.unsqueeze(1) : input; // one vector is one token
  }

  private static Tensor tensor(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  private static void closeGradient(Tensor actual, float[] expected, String what) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    close(actual, expected, 1e-4 * largest, "gradient of " + what);
  }

  private static void close(Tensor actual, float[] expected, double tolerance, String what) {
    float[] values = Tensors.toFloats(actual);
    assertThat(values).as(what).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = Math.abs((double) values[i] - expected[i]);
      worst = difference <= worst ? worst : difference; // a NaN becomes the worst
    }
    assertThat(worst).as(what).isCloseTo(0, within(tolerance));
  }
}
