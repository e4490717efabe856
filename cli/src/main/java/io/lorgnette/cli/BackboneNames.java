package io.lorgnette.cli;

import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.KnownBackbones;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.pocket.EmbeddedLanguage;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Backbones by what users call them: a folder or file, a pulled name, a published one, or {@code
 * pocket}.
 */
final class BackboneNames {

  /** What stands for the identity of weights that were not looked at. */
  private static final String NOT_READ = "weights not read";

  private BackboneNames() {}

  /** What a recipe names: a folder or file relative to it if there is one, else the name itself. */
  static String under(Path base, String name) {
    Path path = base.resolve(name);
    return !ModelOptions.isEmbedded(name) && Files.exists(path) ? path.toString() : name;
  }

  /**
   * Sizes of a vision encoder.
   *
   * @param output which of its outputs; empty for its own choice
   * @throws io.lorgnette.error.InputException if the name is not known, pulled or a folder
   */
  static EncoderSpec encoder(String name, String output) {
    Optional<Path> folder = ModelOptions.embeddedVision(name).or(() -> found(name));
    return folder
        .map(found -> KnownBackbones.spec(name, output, VisionEncoders.shape(found)))
        .orElseGet(() -> KnownBackbones.encoder(name, output));
  }

  /**
   * Sizes of a language model.
   *
   * @throws io.lorgnette.error.InputException if the name is not known, pulled, a folder or a GGUF
   *     file
   */
  static LanguageSpec languageModel(String name) {
    Optional<Path> model =
        EmbeddedLanguage.of(name).map(EmbeddedLanguage::folder).or(() -> found(name));
    if (model.isEmpty()) {
      return KnownBackbones.languageModel(name);
    }
    HfFields fields = HfFields.ofModel(model.get());
    return TextModel.isEncoderDecoder(fields)
        ? LanguageSpec.of(name, NOT_READ, HfEncoderDecoderConfig.of(fields.file(), fields.json()))
        : LanguageSpec.of(name, NOT_READ, HfConfig.of(fields));
  }

  private static Optional<Path> found(String name) {
    return ModelOptions.find(name, Path.of(""));
  }
}
