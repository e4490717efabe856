package io.lorgnette.spark.model;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Path;
import java.util.Map;

/**
 * A vision encoder, which computes in F32 as everywhere in the house.
 *
 * @param vision {@code pocket}, a folder, what {@code --archives} brought, or an org/name of the
 *     hub
 * @param output which of its outputs; empty for its own choice
 */
public record EncoderSpec(String vision, String output, Device device)
    implements ModelSpec<VisionEncoder> {

  @Override
  public VisionEncoder load() {
    new Computing(device, Dtype.F32).apply();
    Path folder = ModelFolders.vision(vision);
    return output.isEmpty()
        ? VisionEncoders.load(folder, Dtype.F32, device)
        : VisionEncoders.load(folder, output, Dtype.F32, device);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("vision", vision, "output", output, "device", device.toString());
  }
}
