package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Loads encoders: the closed list of the kinds that {@code config.json} may name. */
public final class VisionEncoders {

  static final String EFFICIENTNET_LITE = "efficientnet-lite";

  private VisionEncoders() {}

  /**
   * Loads an encoder from a folder with {@code config.json} and safetensors weights.
   *
   * @throws InputException if a file is absent or broken, the kind is unknown, or weights do not
   *     fit the configuration
   */
  public static VisionEncoder load(Path folder, Dtype dtype, Device device) {
    ConfigFile config = ConfigFile.read(folder.resolve("config.json"));
    device.require();
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(folder)) {
      return switch (config.text("model_type")) {
        case EFFICIENTNET_LITE ->
            EfficientNetLite.of(
                EfficientNetLiteConfig.from(config),
                tensors(checkpoint),
                checkpoint.path().toString(),
                checkpoint.sha256(),
                dtype,
                device);
        default ->
            throw config.wrong(
                "model_type", "is " + config.text("model_type"), "one of " + EFFICIENTNET_LITE);
      };
    }
  }

  /**
   * Writes an encoder, tuned perhaps, as a folder that {@link #load} reads.
   *
   * @throws java.io.UncheckedIOException if the disk fails
   */
  public static void save(Path folder, EfficientNetLite encoder) {
    Safetensors.write(folder.resolve("model.safetensors"), encoder.parameters().asMap(), Map.of());
    ConfigFile.write(folder.resolve("config.json"), encoder.config().withFolded(true).toJson());
  }

  private static Map<String, Tensor> tensors(Checkpoint checkpoint) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    checkpoint.names().forEach(name -> tensors.put(name, checkpoint.get(name)));
    return tensors;
  }
}
