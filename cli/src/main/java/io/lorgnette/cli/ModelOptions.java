package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.pocket.EmbeddedLanguage;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.weights.GgufModel;
import io.lorgnette.weights.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models a command sees and speaks with. */
final class ModelOptions {

  static final String POCKET = "pocket";

  /** The embedded joint space of photos and texts, which is an encoder too. */
  static final String POCKET_CLIP = "pocket-clip";

  @Mixin private PairOptions pair;

  @Option(
      names = "--connector",
      paramLabel = "FILE",
      description =
          "What lorgnette train wrote: a run folder or a connector.safetensors (default: the"
              + " embedded one).")
  private Path connector;

  Path vision() {
    return pair.vision();
  }

  Path language() {
    return pair.language();
  }

  /**
   * The connector's file.
   *
   * @param embedded name of the embedded one for this work
   * @throws InputException if there is none
   */
  Path connector(String embedded) {
    if (connector == null) {
      if (!pair.embedded()) {
        throw new InputException(
            "--connector is missing; models of your own need one that was trained between them");
      }
      return Pocket.connector(embedded);
    }
    return connectorFile("--connector", connector);
  }

  /**
   * The file of a connector that a user names by itself or by its run folder.
   *
   * @param option for messages
   * @throws InputException if there is none
   */
  static Path connectorFile(String option, Path named) {
    Path file = Files.isDirectory(named) ? named.resolve("connector.safetensors") : named;
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + " does not exist; give " + option + " a run folder or a connector.safetensors");
    }
    return file;
  }

  /** The folder of a vision encoder that a user names, relative to {@code base}. */
  static Path vision(String name, Path base) {
    return embeddedVision(name)
        .or(() -> find(name, base).filter(Files::isDirectory))
        .orElseThrow(() -> absent(name, base, "folder of a vision encoder"));
  }

  /** The folder or GGUF file of a language model that a user names, relative to {@code base}. */
  static Path language(String name, Path base) {
    return EmbeddedLanguage.of(name)
        .map(EmbeddedLanguage::folder)
        .or(() -> find(name, base))
        .orElseThrow(() -> absent(name, base, "folder or the GGUF file of a language model"));
  }

  /** The embedded vision encoder that a name stands for. */
  static Optional<Path> embeddedVision(String name) {
    return switch (name) {
      case POCKET -> Optional.of(Pocket.vision());
      case POCKET_CLIP -> Optional.of(Pocket.clip());
      default -> Optional.empty();
    };
  }

  /** Whether a name stands for an embedded model, whatever folders there are. */
  static boolean isEmbedded(String name) {
    return name.equals(POCKET_CLIP) || EmbeddedLanguage.of(name).isPresent();
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
