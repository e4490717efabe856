package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.weights.GgufModel;
import io.lorgnette.weights.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which models a command sees and speaks with. */
final class ModelOptions {

  static final String POCKET = "pocket";

  /** The embedded language model that has read no captions. */
  static final String POCKET_PLAIN = "pocket-plain";

  @Option(
      names = "--vision",
      paramLabel = "MODEL",
      defaultValue = POCKET,
      description =
          "Vision encoder: its folder, or the org/name that lorgnette pull fetched (default:"
              + " ${DEFAULT-VALUE}, the embedded one).")
  private String vision;

  @Option(
      names = "--language",
      paramLabel = "MODEL",
      defaultValue = POCKET,
      description =
          "Language model: its folder or GGUF file, or the org/name that lorgnette pull fetched"
              + " (default: ${DEFAULT-VALUE}, the embedded one; pocket-plain is the one that has read"
              + " no captions).")
  private String language;

  @Option(
      names = "--connector",
      paramLabel = "FILE",
      description =
          "What lorgnette train wrote: a run folder or a connector.safetensors (default: the"
              + " embedded one).")
  private Path connector;

  Path vision() {
    return vision(vision, Path.of(""));
  }

  Path language() {
    return language(language, Path.of(""));
  }

  /**
   * The connector's file.
   *
   * @param embedded name of the embedded one for this work
   * @throws InputException if there is none
   */
  Path connector(String embedded) {
    if (connector == null) {
      if (!vision.equals(POCKET) || !language.equals(POCKET)) {
        throw new InputException(
            "--connector is missing; models of your own need one that was trained between them");
      }
      return Pocket.connector(embedded);
    }
    Path file =
        Files.isDirectory(connector) ? connector.resolve("connector.safetensors") : connector;
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + " does not exist; give --connector a run folder or a connector.safetensors");
    }
    return file;
  }

  /** The folder of a vision encoder that a user names, relative to {@code base}. */
  static Path vision(String name, Path base) {
    return name.equals(POCKET)
        ? Pocket.vision()
        : find(name, base)
            .filter(Files::isDirectory)
            .orElseThrow(() -> absent(name, base, "folder of a vision encoder"));
  }

  /** The folder or GGUF file of a language model that a user names, relative to {@code base}. */
  static Path language(String name, Path base) {
    return embeddedLanguage(name)
        .or(() -> find(name, base))
        .orElseThrow(() -> absent(name, base, "folder or the GGUF file of a language model"));
  }

  /** The folder of a joint space of images and texts that a user names, which is not embedded. */
  static Path jointSpace(String name, Path base) {
    return find(name, base)
        .filter(Files::isDirectory)
        .orElseThrow(() -> absent(name, base, "folder of a CLIP or SigLIP model"));
  }

  /** The embedded language model that a name stands for. */
  static Optional<Path> embeddedLanguage(String name) {
    return switch (name) {
      case POCKET -> Optional.of(Pocket.languageModel());
      case POCKET_PLAIN -> Optional.of(Pocket.plainLanguageModel());
      default -> Optional.empty();
    };
  }

  /** Whether a name stands for an embedded model, whatever folders there are. */
  static boolean isEmbedded(String name) {
    return name.equals(POCKET) || name.equals(POCKET_PLAIN);
  }

  /**
   * What a user names: a folder or a GGUF file relative to {@code base}, or else a name of the hub
   * that was pulled. Nothing is fetched.
   */
  static Optional<Path> find(String name, Path base) {
    return find(name, base, Hub.ofEnvironment());
  }

  static Optional<Path> find(String name, Path base, Hub hub) {
    Path path = base.resolve(name);
    if (Files.isDirectory(path) || (GgufModel.isGguf(path) && Files.isRegularFile(path))) {
      return Optional.of(path);
    }
    return Hub.isName(name) ? hub.find(name) : Optional.empty();
  }

  private static InputException absent(String name, Path base, String what) {
    return new InputException(
        base.resolve(name)
            + " is not the "
            + what
            + (Hub.isName(name)
                ? " and " + name + " was not pulled (lorgnette pull " + name + ")"
                : "")
            + "; give one or '"
            + POCKET
            + "'");
  }
}
