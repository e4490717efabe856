package io.lorgnette.cli;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.KnownBackbones;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.vision.EncoderShape;
import io.lorgnette.vision.VisionEncoders;
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

  /**
   * Sizes of a vision encoder.
   *
   * @throws io.lorgnette.error.InputException if the name is not known, pulled or a folder
   */
  static EncoderSpec encoder(String name) {
    Optional<Path> folder =
        name.equals(ModelOptions.POCKET) ? Optional.of(Pocket.vision()) : found(name);
    if (folder.isEmpty()) {
      return KnownBackbones.encoder(name);
    }
    EncoderShape shape = VisionEncoders.shape(folder.get());
    return new EncoderSpec(
        name, NOT_READ, NOT_READ, shape.width(), shape.tokens(), shape.parameters());
  }

  /**
   * Sizes of a language model.
   *
   * @throws io.lorgnette.error.InputException if the name is not known, pulled, a folder or a GGUF
   *     file
   */
  static LanguageSpec languageModel(String name) {
    Optional<Path> model =
        name.equals(ModelOptions.POCKET) ? Optional.of(Pocket.languageModel()) : found(name);
    if (model.isEmpty()) {
      return KnownBackbones.languageModel(name);
    }
    DecoderConfig config = HfConfig.of(HfFields.ofModel(model.get()));
    return new LanguageSpec(name, NOT_READ, config.width(), config.parameterCount());
  }

  private static Optional<Path> found(String name) {
    return ModelOptions.find(name, Path.of(""));
  }
}
