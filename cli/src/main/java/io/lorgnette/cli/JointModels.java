package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.vision.JointFolder;
import io.lorgnette.weights.Hub;
import java.nio.file.Files;
import java.nio.file.Path;

/** Joint spaces of images and texts that a user names. */
final class JointModels {

  private JointModels() {}

  /**
   * Loads what a user names.
   *
   * @param base folder to which a path is relative
   * @throws InputException if there is none, or a part of it is absent or broken
   */
  static JointEmbedder open(String name, Path base, Dtype dtype, Device device) {
    return JointEmbedder.load(name, folder(name, base), dtype, device);
  }

  /** Whether a name stands for the embedded space, whatever folders there are. */
  static boolean isEmbedded(String name) {
    return name.equals(ModelOptions.POCKET) || name.equals(ModelOptions.POCKET_CLIP);
  }

  /**
   * The folder of what a user names: {@code pocket} or {@code pocket-clip} for the embedded one, a
   * folder of CLIP or SigLIP, an org/name that was pulled, or a run of {@code method: clip} or its
   * folder {@code clip}.
   *
   * @throws InputException if there is none
   */
  static Path folder(String name, Path base) {
    if (isEmbedded(name)) {
      return Pocket.clip();
    }
    Path folder =
        ModelOptions.find(name, base)
            .filter(Files::isDirectory)
            .orElseThrow(
                () ->
                    new InputException(
                        base.resolve(name)
                            + " is no folder of a model of images and texts"
                            + (Hub.isName(name)
                                ? " and was not pulled (lorgnette pull " + name + ")"
                                : "")
                            + "; give one of CLIP or SigLIP, a run of method clip, or "
                            + ModelOptions.POCKET_CLIP));
    Path inRun = folder.resolve(ClipTraining.CLIP);
    return JointFolder.is(inRun) ? inRun : folder;
  }
}
