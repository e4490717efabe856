package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** What the tests of encoders share. */
final class Encoders {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Encoders() {}

  /**
   * Writes {@code config.json} with changes to another, beside a copy of the weights and a
   * processor for its image size.
   */
  static Path folder(Path into, Path config, Path weights, Consumer<ObjectNode> change) {
    try {
      Files.createDirectories(into);
      ObjectNode node = (ObjectNode) JSON.readTree(Files.readAllBytes(config));
      change.accept(node);
      Files.write(into.resolve("config.json"), JSON.writeValueAsBytes(node));
      Files.copy(weights, into.resolve("model.safetensors"));
      int size = node.path("image_size").intValue();
      ObjectNode processor =
          JSON.createObjectNode().put("image_processor_type", "CLIPImageProcessor");
      processor.putObject("size").put("shortest_edge", size);
      processor.putObject("crop_size").put("height", size).put("width", size);
      Files.write(into.resolve("preprocessor_config.json"), JSON.writeValueAsBytes(processor));
      return into;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Tensor input(Golden golden) {
    return Tensors.ofFloats(golden.floats("pixel_values"), golden.shape("pixel_values"));
  }

  /** Shape and every value, by the goldens' tolerance for features. */
  static void assertEqual(Tensor actual, Golden golden, String name, double tolerance) {
    assertThat(Tensors.shape(actual)).as(name + " shape").isEqualTo(golden.shape(name));
    assertClose(Tensors.toFloats(actual), golden.floats(name), name, tolerance);
  }

  static void assertClose(float[] actual, float[] expected, String name, double tolerance) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      worst = Math.max(worst, difference); // a NaN becomes the worst and stays it
    }
    assertThat(worst).as(name + " largest difference").isCloseTo(0, within(tolerance));
  }
}
