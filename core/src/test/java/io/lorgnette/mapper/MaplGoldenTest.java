package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mapping network against the published module: outputs, gradients, key names. */
class MaplGoldenTest {

  @ParameterizedTest
  @CsvSource({"mapl, 8, 35832", "mapl-nobias, 4, 5232"})
  void givesTheReferenceOutputsAndGradients(String name, int heads, long count) {
    Golden golden = Golden.open("goldens/mappers", name + ".golden.safetensors");
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(golden.path(name + ".weights.safetensors"));
        Mapper mapper = read(checkpoint, heads)) {
      assertThat(mapper.config().parameterCount()).isEqualTo(count);
      assertThat(mapper.parameters().count()).isEqualTo(count);
      mapper.parameters().trainable(true);
      Tensor input = tensor(golden, "input").requires_grad_(true);

      Tensor output = mapper.map(input);
      close(output, golden.floats("output"), 1e-4, "output");

      output.mul(tensor(golden, "probe")).sum().backward();
      closeGradient(input.grad(), golden.floats("grad.input"), "input");
      Map<String, Tensor> gradients = new LinkedHashMap<>();
      mapper.parameters().asMap().forEach((own, tensor) -> gradients.put(own, tensor.grad()));
      Map<String, Tensor> stored = mapper.config().keys().write(gradients);
      assertThat(stored).hasSize(checkpoint.names().size());
      stored.forEach(
          (key, gradient) -> closeGradient(gradient, golden.floats("grad.param." + key), key));
    }
  }

  @ParameterizedTest
  @CsvSource({"mapl, 8", "mapl-nobias, 4"})
  void writesTheReleasedKeysAsTheyWere(String name, int heads, @TempDir Path folder) {
    Golden golden = Golden.open("goldens/mappers", name + ".weights.safetensors");
    Path written = folder.resolve("mapl.safetensors");
    try (Checkpoint checkpoint = Checkpoint.open(golden.path(name + ".weights.safetensors"));
        Mapper mapper = read(checkpoint, heads)) {
      Safetensors.write(
          written, mapper.config().keys().write(mapper.parameters().asMap()), Map.of());
    }
    try (Scope scope = Scope.open();
        Checkpoint again = Checkpoint.open(written)) {
      assertThat(again.names()).containsExactlyInAnyOrderElementsOf(golden.names());
      for (String key : golden.names()) {
        assertThat(Tensors.toFloats(again.get(key))).as(key).isEqualTo(golden.floats(key));
      }
    }
  }

  private static Mapper read(Checkpoint checkpoint, int heads) {
    return MaplConfig.of(checkpoint, heads).read(checkpoint, Dtype.F32, Device.CPU);
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
      worst = Math.max(worst, Math.abs(values[i] - expected[i]));
    }
    assertThat(worst).as(what).isLessThanOrEqualTo(tolerance);
  }
}
