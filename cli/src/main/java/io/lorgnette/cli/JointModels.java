package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.data.BlipCaption;
import io.lorgnette.error.InputException;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.RunFolder;
import io.lorgnette.vision.JointConfig;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Hub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Joint spaces of images and texts that a user names. */
final class JointModels {

  private JointModels() {}

  /**
   * Loads what a user names: a folder of CLIP or SigLIP, an org/name that was pulled, or a run of
   * {@code method: clip} or its folder {@code clip}, on the encoder that the run notes.
   *
   * @throws InputException if there is none, or a part of it is absent or broken
   */
  static JointEmbedder open(String name, Dtype dtype, Device device) {
    Path folder =
        ModelOptions.find(name, Path.of(""))
            .filter(Files::isDirectory)
            .orElseThrow(
                () ->
                    new InputException(
                        name
                            + " is no folder of a model of images and texts"
                            + (Hub.isName(name)
                                ? " and was not pulled (lorgnette pull " + name + ")"
                                : "")
                            + "; give --clip one of CLIP or SigLIP, or a run of method clip"));
    Path inRun = folder.resolve(ClipTraining.CLIP);
    if (isJointSpace(inRun)) {
      return over(name, inRun, device, dtype);
    }
    return isJointSpace(folder)
        ? over(name, folder, device, dtype)
        : JointEmbedder.load(name, folder, dtype, device);
  }

  private static JointEmbedder over(String name, Path space, Device device, Dtype dtype) {
    Path run = space.toAbsolutePath().normalize().getParent();
    String vision = ModelOptions.POCKET;
    Tokenizer tokenizer;
    if (Files.isRegularFile(run.resolve("run.json"))) {
      RunFolder noted = RunFolder.open(run);
      vision = PairRuns.vision(noted);
      tokenizer = PairRuns.tokenizer(noted);
    } else {
      tokenizer = Tokenizer.load(Pocket.tokenizer());
    }
    try {
      VisionEncoder encoder =
          VisionEncoders.load(ModelOptions.vision(vision, Path.of("")), dtype, device);
      return JointEmbedder.over(name, encoder, space, tokenizer, BlipCaption::of, dtype, device);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static boolean isJointSpace(Path folder) {
    Path config = folder.resolve("config.json");
    if (!Files.isRegularFile(config)) {
      return false;
    }
    try {
      JsonNode json = new ObjectMapper().readTree(config.toFile());
      return json != null && json.path("model_type").asText().equals(JointConfig.MODEL_TYPE);
    } catch (IOException e) {
      return false; // said by whoever reads it as a released pair
    }
  }
}
