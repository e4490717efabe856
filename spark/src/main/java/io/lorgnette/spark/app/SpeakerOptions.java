package io.lorgnette.spark.app;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.job.SpeakingSettings;
import io.lorgnette.spark.model.Computing;
import io.lorgnette.spark.model.SpeakerSpec;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import picocli.CommandLine.Option;

/** Which models speak, and how. */
final class SpeakerOptions {

  private static final String POCKET = "pocket";

  @Option(
      names = "--vision",
      paramLabel = "MODEL",
      defaultValue = POCKET,
      description =
          "Vision encoder: its folder on every host or among --archives, or an org/name in the"
              + " hub's cache there (default: ${DEFAULT-VALUE}, the embedded one).")
  private String vision;

  @Option(
      names = "--language",
      paramLabel = "MODEL",
      defaultValue = POCKET,
      description = "Language model, named in the same way (default: ${DEFAULT-VALUE}).")
  private String language;

  @Option(
      names = "--connector",
      paramLabel = "FILE",
      description =
          "connector.safetensors or its run folder, on every host or among --files (default: the"
              + " embedded one).")
  private String connector;

  @Option(
      names = "--weights",
      paramLabel = "FORM",
      defaultValue = "",
      description = "Form of the language model's matrices: int8, int4 (default: the format's).")
  private String weights;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "f32",
      description = "What the language model computes in: f32 or bf16 (default: ${DEFAULT-VALUE}).")
  private Dtype format;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--beams",
      paramLabel = "N",
      defaultValue = "5",
      description = "Beams of the search; 1 is greedy (default: ${DEFAULT-VALUE}).")
  private int beams;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "50",
      description = "Tokens of a caption or answer at most (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Images that are looked at together (default: ${DEFAULT-VALUE}).")
  private int batch;

  Device device() {
    return device;
  }

  /**
   * What the models are told.
   *
   * @param embedded name of the embedded connector for this work
   */
  SpeakingSettings settings(String embedded) {
    boolean own = !vision.equals(POCKET) || !language.equals(POCKET);
    if (connector == null && own) {
      throw new InputException(
          "--connector is missing; models of your own need one that was trained between them");
    }
    String trained = connector == null ? POCKET + "-" + embedded : connector;
    SpeakerSpec model =
        new SpeakerSpec(vision, language, trained, weights, new Computing(device, format));
    return new SpeakingSettings(model, beams, maxTokens, batch);
  }
}
