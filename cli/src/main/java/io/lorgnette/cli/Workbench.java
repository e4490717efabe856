package io.lorgnette.cli;

import io.lorgnette.data.Dataset;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.Sight;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;

/** The frozen models of a run, loaded, and the features of its images. */
final class Workbench implements AutoCloseable {

  private final FeatureBench eyes;
  private final TextModel lm;
  private final Tokenizer tokenizer;
  private final Backbones backbones;
  private final Numerics numerics;

  /**
   * Loads the models.
   *
   * @param vision folder
   * @param language folder or GGUF file
   * @param visionName for people
   * @param output which of the encoder's outputs; empty for its own choice
   * @param trained whether the encoder is to be trained, which then sees pixels
   * @param languageName for people
   * @param weights how the language model is kept in memory
   */
  Workbench(
      Console console,
      Path vision,
      String visionName,
      String output,
      boolean trained,
      Path language,
      String languageName,
      Numerics numerics,
      Precision weights) {
    this.numerics = numerics;
    numerics.apply();
    Sight sight = Sight.open(vision, visionName, output, trained, numerics.device());
    lm = TextModel.load(language, weights, numerics.device());
    tokenizer = Tokenizer.load(language);
    backbones = Backbones.of(sight.spec(), languageName, lm, tokenizer).withEyes(sight.eyes());
    eyes = new FeatureBench(console, sight);
  }

  Backbones backbones() {
    return backbones;
  }

  FeatureBench eyes() {
    return eyes;
  }

  FeatureCache features() {
    return eyes.features();
  }

  /** A team for work that has no gradients; to be closed. */
  Workers workers() {
    return new Workers(numerics.parts());
  }

  /** A data set with the features of all its images; broken ones are noted in its problems. */
  FeaturedDataset featured(Dataset dataset) {
    return eyes.featured(dataset);
  }

  @Override
  public void close() {
    eyes.close();
    lm.close();
    tokenizer.close();
  }
}
