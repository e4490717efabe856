package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointSpace;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * {@code lorgnette train} with {@code method: clip}: trains a joint space on data sets whose
 * features are cached, and leaves {@code clip}, the weights with the lowest validation loss as a
 * folder that {@link io.lorgnette.vision.DualEncoder#over} reads, in the run folder.
 */
public final class ClipTraining {

  /** The folder inside a run's. */
  public static final String CLIP = "clip";

  private final Recipe<ClipRecipe> recipe;
  private final EncoderSpec encoder;
  private final Tokenizer tokenizer;
  private final FeatureCache features;

  /**
   * A training, not yet started.
   *
   * @param encoder whose features they are
   * @param tokenizer the recipe's; it stays the caller's to close
   * @param features of every image that has a key
   */
  public ClipTraining(
      Recipe<ClipRecipe> recipe, EncoderSpec encoder, Tokenizer tokenizer, FeatureCache features) {
    this.recipe = recipe;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.features = features;
  }

  /**
   * Trains in a run folder, from its newest checkpoint if it has one.
   *
   * @param folder with its {@link RunRecord}
   * @param validation may be empty: then the last weights are kept
   * @param numerics chosen for this run
   * @param group of processes that run this together, each in the same way
   * @throws InputException if there is nothing to learn, or the data are not those that the run was
   *     started with
   */
  public TrainingLoop.Result run(
      RunFolder folder,
      List<FeaturedDataset> train,
      List<FeaturedDataset> validation,
      Numerics numerics,
      ProcessGroup group,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    numerics.apply();
    ClipRecipe value = recipe.value();
    PairTraining pairs = PairTraining.of(folder, train, validation, group, this::captions);
    try (JointSpace model =
        value
            .sizes()
            .between(encoder.width(), tokenizer)
            .create(value.train().seed(), numerics.device())) {
      ClipTask task =
          new ClipTask(
              model,
              features,
              tokenizer,
              pairs.captions(),
              pairs.held(),
              value,
              numerics.format(),
              group);
      return pairs.run(
          value.train(),
          task,
          model.parameters(),
          step -> model.save(folder.path().resolve(CLIP), encoder.identity()),
          listener,
          stopRequested);
    }
  }

  private Blip2Captions captions(List<FeaturedDataset> sets) {
    return new Blip2Captions(sets, tokenizer, recipe.value().sizes().positions());
  }
}
