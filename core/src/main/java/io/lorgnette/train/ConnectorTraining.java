package io.lorgnette.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.LanguageAlone;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * {@code lorgnette train}: trains a connector on data sets whose features are cached, and leaves
 * {@code connector.safetensors}, the weights with the lowest validation loss, in the run folder.
 */
public final class ConnectorTraining {

  /** The file that {@link ConnectorCheckpoint} reads. */
  public static final String CONNECTOR = "connector.safetensors";

  private final Recipe<ConnectorRecipe> recipe;
  private final Backbones backbones;
  private final FeatureCache features;
  private final Optional<Path> start;

  /**
   * A training, not yet started.
   *
   * @param backbones the frozen models, the language model in the format of the run
   * @param features of the encoder for every image that has a key
   * @param start a connector to go on from
   */
  public ConnectorTraining(
      Recipe<ConnectorRecipe> recipe,
      Backbones backbones,
      FeatureCache features,
      Optional<Path> start) {
    this.recipe = recipe;
    this.backbones = backbones;
    this.features = features;
    this.start = start;
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
    try (Method method = startingPoint()) {
      Lessons texts = texts(train, method);
      Optional<Lessons> held =
          validation.isEmpty() ? Optional.empty() : Optional.of(texts(validation, method));
      MethodTask task = task(method, texts, held, numerics, group);
      RunNotes notes = new RunNotes(folder, group);
      notes.data(
          RunNotes.describe(train, texts.counts()),
          held.map(h -> RunNotes.describe(validation, h.counts())),
          run -> run.set("parts", method.config().describe(backbones.pair()).partsJson()));
      notes.processes(
          task.trained(), backbones.language().parameters() * numerics.format().bytes());
      TrainingLoop.Result result =
          new TrainingLoop(recipe.value().train(), task, folder, listener, numerics.parts(), group)
              .run(stopRequested);
      Path connector = folder.path().resolve(CONNECTOR);
      if (TrainingLoop.takeBest(folder, method.learned().asMap())) {
        long step = held.isPresent() ? result.bestStep() : result.step();
        ConnectorCheckpoint.save(connector, method, notes.recipe(), step, BuildInfo.read().label());
      }
      notes.result(
          result,
          "textsSeen",
          result.step() * recipe.value().batch(),
          method.learned().count(),
          node -> noteHash(node, connector));
      return result;
    }
  }

  /**
   * How well held-out texts are predicted before anything is learned.
   *
   * @param languageModelAlone nats a target token of the language model without any connector, see
   *     {@link LanguageAlone}
   * @param atStart of the system as its training would start
   * @param counts of the texts: a record of numbers
   */
  public record Before(double languageModelAlone, double atStart, Record counts) {}

  /**
   * Measures what a training would start from; trains nothing.
   *
   * @param validation at least one data set
   * @throws InputException if there is nothing to predict, or documents are learned
   */
  public Before before(List<FeaturedDataset> validation, Numerics numerics) {
    if (recipe.value().data().learn().contains(TextKind.DOCUMENTS)) {
      throw new InputException(
          "data.learn is documents, whose images stand among words; what a language model alone"
              + " makes of them is not measured: learn captions or questions");
    }
    numerics.apply();
    try (Method method = startingPoint()) {
      Lessons held = texts(validation, method);
      ConnectorTask task =
          new ConnectorTask(
              method,
              features,
              held,
              Optional.of(held),
              recipe.value(),
              numerics.format(),
              ProcessGroup.alone());
      double alone = task.languageAlone();
      return new Before(alone, task.evaluate().get("loss"), held.counts());
    }
  }

  private MethodTask task(
      Method method, Lessons texts, Optional<Lessons> held, Numerics numerics, ProcessGroup group) {
    ConnectorRecipe told = recipe.value();
    if (told.weighsTexts() && !(backbones.lm() instanceof LanguageModel)) {
      throw new InputException(
          backbones.language().name()
              + " is an encoder-decoder, for which reward and data.answers all are not made; choose a"
              + " decoder such as GPT-2 or LLaMA, or leave them out");
    }
    if (told.reward().isEmpty()) {
      return new ConnectorTask(method, features, texts, held, told, numerics.format(), group);
    }
    // A recipe with a reward learns captions alone.
    return new RewardTask(
        method,
        features,
        (ConnectorTexts) texts,
        held.map(ConnectorTexts.class::cast),
        told,
        numerics.format(),
        group);
  }

  private Lessons texts(List<FeaturedDataset> sets, Method method) {
    ConnectorRecipe.Data data = recipe.value().data();
    if (data.learn().contains(TextKind.DOCUMENTS)) {
      int positions = backbones.lm().positions();
      if (data.maxTokens() > positions) {
        throw new InputException(
            "data.max_tokens is "
                + data.maxTokens()
                + " but the language model "
                + backbones.language().name()
                + " has room for "
                + positions
                + "; lower it");
      }
      return new ConnectorDocuments(sets, method.prompts(), data.maxTokens(), data.maxImages());
    }
    int room = backbones.lm().positions() - method.imageLength();
    if (data.maxTokens() > room) {
      throw new InputException(
          "data.max_tokens is "
              + data.maxTokens()
              + " but behind an image, which takes "
              + method.imageLength()
              + ", the language model "
              + backbones.language().name()
              + " has room for "
              + room
              + "; lower it or mapper.prefix_length");
    }
    return new ConnectorTexts(
        sets, data.learn(), data.answers(), method.prompts(), data.maxTokens());
  }

  private Method startingPoint() {
    MethodConfig config = recipe.value().method();
    if (start.isEmpty()) {
      return config.start(backbones, recipe.value().train().seed());
    }
    try (Checkpoint file = Checkpoint.open(start.get())) {
      Optional<Method> other = config.startFrom(file, backbones, recipe.value().train().seed());
      if (other.isPresent()) {
        return other.get();
      }
    }
    Method before = ConnectorCheckpoint.loadForTraining(start.get(), backbones);
    Map<String, List<Long>> shapes = before.config().keys(backbones).shapes();
    if (!shapes.equals(config.keys(backbones).shapes())) {
      before.close();
      throw new InputException(
          start.get()
              + " holds "
              + before.config()
              + " but the recipe asks for "
              + config
              + "; change the recipe or start without it");
    }
    // Another method may go on with the same weights: MAPL-blind from MAPL's, for a fair control.
    return config.of(backbones, before.trained());
  }

  private static void noteHash(ObjectNode node, Path connector) {
    if (Files.exists(connector)) {
      try (Checkpoint checkpoint = Checkpoint.open(connector)) {
        node.put("connectorSha256", checkpoint.sha256());
      }
    }
  }
}
