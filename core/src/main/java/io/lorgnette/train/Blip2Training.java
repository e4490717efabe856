package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.language.HfFields;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.method.Blip2Origin;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.nn.Activation;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;

/**
 * {@code lorgnette train} with {@code method: blip2-stage1}: trains a Q-Former on data sets whose
 * features are cached, and leaves {@code stage1.safetensors}, the weights with the lowest
 * validation loss under LAVIS' names, in the run folder.
 */
public final class Blip2Training {

  /** The file that {@link Blip2Origin#load} reads. */
  public static final String STAGE1 = "stage1.safetensors";

  private final Recipe<Blip2Recipe> recipe;
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
  public Blip2Training(
      Recipe<Blip2Recipe> recipe, EncoderSpec encoder, Tokenizer tokenizer, FeatureCache features) {
    this.recipe = recipe;
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.features = features;
  }

  /**
   * Trains in a run folder, from its newest checkpoint if it has one.
   *
   * @param folder with its {@link RunRecord}
   * @param base folder to which the recipe's paths are relative
   * @param validation may be empty: then the last weights are kept
   * @param numerics chosen for this run
   * @param group of processes that run this together, each in the same way
   * @throws InputException if there is nothing to learn, or the data are not those that the run was
   *     started with
   */
  public TrainingLoop.Result run(
      RunFolder folder,
      Path base,
      List<FeaturedDataset> train,
      List<FeaturedDataset> validation,
      Numerics numerics,
      ProcessGroup group,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    numerics.apply();
    Blip2Recipe value = recipe.value();
    PairTraining pairs = PairTraining.of(folder, train, validation, group, this::captions);
    try (Blip2Stage1 model = start(base, numerics.device())) {
      Blip2Task task =
          new Blip2Task(
              model, features, pairs.captions(), pairs.held(), value, numerics.format(), group);
      return pairs.run(
          value.train(),
          task,
          model.parameters(),
          step -> save(folder, group, model, step),
          listener,
          stopRequested);
    }
  }

  private void save(RunFolder folder, ProcessGroup group, Blip2Stage1 model, long step) {
    origin(new RunNotes(folder, group), model.config(), step)
        .save(folder.path().resolve(STAGE1), model);
  }

  private Blip2Captions captions(List<FeaturedDataset> sets) {
    return new Blip2Captions(sets, tokenizer, recipe.value().data().maxTokens());
  }

  private Blip2Stage1 start(Path base, Device device) {
    Blip2Recipe value = recipe.value();
    Blip2Stage1Config config = value.sizes().between(encoder.width(), tokenizer);
    if (value.start().isPresent()) {
      try (Checkpoint checkpoint = Checkpoint.open(base.resolve(value.start().get()))) {
        return config.read(checkpoint, Dtype.F32, device);
      }
    }
    Blip2Stage1 model = fresh(config, base, device);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      model.temperature().fill_(new Scalar(value.temperature()));
    }
    return model;
  }

  private Blip2Stage1 fresh(Blip2Stage1Config config, Path base, Device device) {
    long seed = recipe.value().train().seed();
    Optional<String> bert = recipe.value().bert();
    if (bert.isEmpty()) {
      return config.create(seed, device);
    }
    Path folder = base.resolve(bert.get());
    requireAlike(HfFields.read(folder.resolve("config.json")), config.qformer());
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return config.createFrom(checkpoint, seed, device);
    }
  }

  /** What tensors do not tell. */
  private static void requireAlike(HfFields bert, QFormerConfig ours) {
    int heads = bert.integer("num_attention_heads");
    String activation = bert.text("hidden_act", "gelu");
    if (heads != ours.heads() || Activation.named(activation) != ours.activation()) {
      throw new InputException(
          bert.file()
              + " has "
              + heads
              + " heads and "
              + activation
              + ", but the Q-Former to be started from it has "
              + ours.heads()
              + " and "
              + ours.activation().name().toLowerCase(Locale.ROOT)
              + "; change qformer.heads or choose another BERT");
    }
  }

  private Blip2Origin origin(RunNotes notes, Blip2Stage1Config config, long step) {
    String program = BuildInfo.read().label();
    return new Blip2Origin(config, encoder, tokenizer.sha256(), notes.recipe(), step, program);
  }
}
