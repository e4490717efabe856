package io.lorgnette.spark.model;

import io.lorgnette.error.InputException;
import io.lorgnette.pocket.EmbeddedLanguage;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.weights.GgufModel;
import io.lorgnette.weights.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/**
 * Where the models that a user names are on this host: embedded, in a folder, among what {@code
 * --files} and {@code --archives} brought, or in the cache of the hub. Nothing is fetched.
 */
final class ModelFolders {

  /** The embedded models. */
  static final String POCKET = "pocket";

  /** The embedded joint space. */
  static final String POCKET_CLIP = "pocket-clip";

  private ModelFolders() {}

  static Path vision(String name) {
    return switch (name) {
      case POCKET -> Pocket.vision();
      case POCKET_CLIP -> Pocket.clip();
      default -> find(name, "vision encoder");
    };
  }

  static Path language(String name) {
    return EmbeddedLanguage.of(name)
        .map(EmbeddedLanguage::folder)
        .orElseGet(() -> find(name, "language model"));
  }

  static Path joint(String name) {
    return name.equals(POCKET) || name.equals(POCKET_CLIP)
        ? Pocket.clip()
        : find(name, "model of images and texts");
  }

  /** A connector's file: {@code pocket-captions} and the like, a file, or a run folder. */
  static Path connector(String name) {
    if (name.startsWith(POCKET + "-")) {
      return Pocket.connector(name.substring(POCKET.length() + 1));
    }
    Path found =
        there(name).orElseThrow(() -> absent(name, "connector.safetensors or the run folder"));
    return Files.isDirectory(found) ? found.resolve("connector.safetensors") : found;
  }

  private static Path find(String name, String what) {
    return there(name)
        .filter(path -> Files.isDirectory(path) || GgufModel.isGguf(path))
        .or(() -> Hub.isName(name) ? Hub.ofEnvironment().find(name) : Optional.empty())
        .orElseThrow(() -> absent(name, "folder of a " + what));
  }

  private static Optional<Path> there(String name) {
    Path path = Path.of(name);
    if (Files.exists(path)) {
      return Optional.of(path.toAbsolutePath());
    }
    return Optional.ofNullable(SparkEnv.get())
        .map(environment -> Path.of(SparkFiles.getRootDirectory()).resolve(name))
        .filter(Files::exists);
  }

  private static InputException absent(String name, String what) {
    return new InputException(
        name
            + " is not the "
            + what
            + " on this executor's host, nor among --files and --archives"
            + (Hub.isName(name) ? ", nor in the hub's cache " + Hub.ofEnvironment().cache() : "")
            + "; put it there on every host, ship it, or give '"
            + POCKET
            + "'");
  }
}
