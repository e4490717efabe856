package io.lorgnette.spark.model;

import io.lorgnette.method.JointEmbedder;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.util.Map;

/**
 * A joint space of images and texts, which computes in F32.
 *
 * @param clip {@code pocket-clip}, a folder, what {@code --archives} brought, or an org/name of the
 *     hub
 */
public record JointSpec(String clip, Device device) implements ModelSpec<JointEmbedder> {

  @Override
  public JointEmbedder load() {
    new Computing(device, Dtype.F32).apply();
    return JointEmbedder.load(clip, ModelFolders.joint(clip), Dtype.F32, device);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("clip", clip, "clipDevice", device.toString());
  }
}
