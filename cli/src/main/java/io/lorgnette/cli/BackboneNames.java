package io.lorgnette.cli;

import io.lorgnette.language.HfConfig;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.KnownBackbones;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;

/** Backbones by what users call them: a published name, a folder, or {@code pocket}. */
final class BackboneNames {

  private static final String POCKET = "pocket";

  /** What stands for the identity of weights that were not looked at. */
  private static final String NOT_READ = "weights not read";

  private BackboneNames() {}

  /** What a recipe names: a folder relative to it if there is one, else the name itself. */
  static String under(Path base, String name) {
    Path folder = base.resolve(name);
    return !name.equals(POCKET) && Files.exists(folder) ? folder.toString() : name;
  }

  /**
   * Sizes of a vision encoder.
   *
   * @param output which of its outputs; empty for its own choice
   * @throws io.lorgnette.error.InputException if the name is not known and no folder
   */
  static EncoderSpec encoder(String name, String output) {
    Path folder = name.equals(POCKET) ? Pocket.vision() : Path.of(name);
    if (!Files.isDirectory(folder)) {
      return KnownBackbones.encoder(name, output);
    }
    return KnownBackbones.spec(name, output, VisionEncoders.shape(folder));
  }

  /**
   * Sizes of a language model.
   *
   * @throws io.lorgnette.error.InputException if the name is not known and no folder
   */
  static LanguageSpec languageModel(String name) {
    Path folder = name.equals(POCKET) ? Pocket.languageModel() : Path.of(name);
    if (!Files.isDirectory(folder)) {
      return KnownBackbones.languageModel(name);
    }
    return LanguageSpec.of(name, NOT_READ, HfConfig.read(folder.resolve("config.json")));
  }
}
