package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What was trained, on disk: a safetensors file with the mapper's weights under their released
 * names and its {@link ConnectorOrigin} in the header. Backbones are not in it, only what tells
 * them from others, so that a connector never runs between the wrong ones.
 */
public final class ConnectorCheckpoint {

  private ConnectorCheckpoint() {}

  /**
   * Writes a method's trained weights, all or nothing.
   *
   * @param recipe SHA-256 of the resolved recipe
   * @param step optimizer steps taken
   * @param toolVersion of this program
   */
  public static void save(Path file, Method method, String recipe, long step, String toolVersion) {
    Backbones backbones = method.backbones();
    ConnectorOrigin origin =
        new ConnectorOrigin(method.config(), backbones.pair(), recipe, step, toolVersion);
    Safetensors.write(
        file, method.config().keys(backbones).write(method.trained().asMap()), origin.write());
  }

  /**
   * Where a connector comes from, without its weights.
   *
   * @throws InputException if the file does not say
   */
  public static ConnectorOrigin origin(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return origin(checkpoint);
    }
  }

  private static ConnectorOrigin origin(Checkpoint checkpoint) {
    if (!ConnectorOrigin.isTold(checkpoint.metadata())) {
      throw new InputException(
          checkpoint.path()
              + " does not say which models it was trained between, as connectors written by"
              + " Lorgnette do; if it is a released MAPL checkpoint, load it as released, unchecked");
    }
    return ConnectorOrigin.read(checkpoint.metadata(), checkpoint.path());
  }

  /**
   * Loads a connector between the models it was trained between.
   *
   * @return owns its weights: in F32, but those of a language model in that model's format
   * @throws InputException if these are other models, or the file is no connector
   */
  public static Method load(Path file, Backbones backbones) {
    return load(file, backbones, true);
  }

  /** As {@link #load}, all weights in F32, to be trained on. */
  public static Method loadForTraining(Path file, Backbones backbones) {
    return load(file, backbones, false);
  }

  private static Method load(Path file, Backbones backbones, boolean forUse) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      ConnectorOrigin origin = origin(checkpoint);
      check(file, origin.pair(), backbones.pair());
      return read(checkpoint, origin.config(), backbones, forUse);
    }
  }

  private static Method read(
      Checkpoint checkpoint, MethodConfig config, Backbones backbones, boolean forUse) {
    Function<String, Dtype> format = name -> forUse ? config.format(name, backbones) : Dtype.F32;
    return config.of(
        backbones,
        Parameters.of(config.keys(backbones).read(checkpoint, format, backbones.lm().device())));
  }

  /**
   * Loads a released checkpoint of any system, which does not say what it was trained between: only
   * names and shapes are checked, and it is on the caller that these are the right models.
   *
   * @param config its sizes
   * @return owns its weights
   * @throws InputException listing tensors that are missing, unknown or of another shape
   */
  public static Method loadReleasedUnchecked(Path file, MethodConfig config, Backbones backbones) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return read(checkpoint, config, backbones, true);
    }
  }

  /**
   * Loads a released MAPL checkpoint, which does not say what it was trained between: only its
   * widths are checked, and it is on the caller that these are the right models.
   *
   * @param heads which the file does not tell either; {@link MaplConfig#RELEASED_HEADS}
   * @return owns its weights, in F32
   * @throws InputException if the widths are others, or the file is no MAPL checkpoint
   */
  public static Method loadReleasedUnchecked(Path file, Backbones backbones, int heads) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      MaplConfig config = MaplConfig.of(checkpoint, heads);
      Pair pair = backbones.pair();
      if (config.inputWidth() != pair.encoder().width()
          || config.outputWidth() != pair.language().width()) {
        throw new InputException(
            file
                + " maps features of width "
                + config.inputWidth()
                + " to embeddings of width "
                + config.outputWidth()
                + ", but "
                + pair.encoder().name()
                + " has width "
                + pair.encoder().width()
                + " and "
                + pair.language().name()
                + " width "
                + pair.language().width()
                + "; choose the models it was trained between");
      }
      Parameters read =
          Parameters.of(config.keys().read(checkpoint, Dtype.F32, backbones.lm().device()));
      return Mapl.of(backbones, config.of(read));
    }
  }

  private static void check(Path file, Pair trained, Pair given) {
    if (!sameEncoder(trained.encoder(), given.encoder())
        || !sameLanguage(trained.language(), given.language())) {
      throw new InputException(
          file
              + " was trained between "
              + describe(trained)
              + " but is to run between "
              + describe(given)
              + "; choose the models it was trained between or train a new connector");
    }
  }

  private static boolean sameEncoder(EncoderSpec one, EncoderSpec other) {
    return one.identity().equals(other.identity())
        && one.processor().equals(other.processor())
        && one.width() == other.width()
        && one.tokens() == other.tokens();
  }

  private static boolean sameLanguage(LanguageSpec one, LanguageSpec other) {
    return one.identity().equals(other.identity()) && one.width() == other.width();
  }

  private static String describe(Pair pair) {
    EncoderSpec encoder = pair.encoder();
    LanguageSpec language = pair.language();
    return encoder.name()
        + " ("
        + encoder.identity()
        + ", "
        + encoder.tokens()
        + " tokens of width "
        + encoder.width()
        + ", "
        + encoder.processor()
        + ") and "
        + language.name()
        + " ("
        + language.identity()
        + ", width "
        + language.width()
        + ")";
  }
}
