package io.lorgnette.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which two frozen models a command joins. */
final class PairOptions {

  @Option(
      names = "--vision",
      paramLabel = "MODEL",
      defaultValue = ModelOptions.POCKET,
      description =
          "Vision encoder: its folder, or the org/name that lorgnette pull fetched (default:"
              + " ${DEFAULT-VALUE}, the embedded one).")
  private String vision;

  @Option(
      names = "--language",
      paramLabel = "MODEL",
      defaultValue = ModelOptions.POCKET,
      description =
          "Language model: its folder or GGUF file, or the org/name that lorgnette pull fetched"
              + " (default: ${DEFAULT-VALUE}, the embedded one; pocket-plain is the one that has read"
              + " no captions, pocket-seq2seq an encoder-decoder).")
  private String language;

  Path vision() {
    return ModelOptions.vision(vision, Path.of(""));
  }

  Path language() {
    return ModelOptions.language(language, Path.of(""));
  }

  /** As the user gave it. */
  String visionName() {
    return vision;
  }

  /** As the user gave it. */
  String languageName() {
    return language;
  }

  /** Whether both are the embedded ones. */
  boolean embedded() {
    return vision.equals(ModelOptions.POCKET) && language.equals(ModelOptions.POCKET);
  }
}
