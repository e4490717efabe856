package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.Part;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code lorgnette train}: trains a connector on data sets whose features are cached, and leaves
 * {@code connector.safetensors}, the weights with the lowest validation loss, in the run folder.
 */
public final class ConnectorTraining {

  /** The file that {@link ConnectorCheckpoint} reads. */
  public static final String CONNECTOR = "connector.safetensors";

  private static final ObjectMapper JSON = new ObjectMapper();

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
   * @throws InputException if there is nothing to learn, or the data are not those that the run was
   *     started with
   */
  public TrainingLoop.Result run(
      RunFolder folder,
      List<FeaturedDataset> train,
      List<FeaturedDataset> validation,
      Numerics numerics,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    numerics.apply();
    try (Method method = startingPoint()) {
      ConnectorTexts texts = texts(train, method);
      Optional<ConnectorTexts> held =
          validation.isEmpty() ? Optional.empty() : Optional.of(texts(validation, method));
      ConnectorTask task =
          new ConnectorTask(method, features, texts, held, recipe.value(), numerics.format());
      recordData(folder, train, texts, validation, held);
      TrainingLoop.Result result =
          new TrainingLoop(recipe.value().train(), task, folder, listener, numerics.parts())
              .run(stopRequested);
      Path best = folder.checkpoints().resolve(TrainingLoop.BEST);
      if (Files.exists(best)) {
        takeOver(best, method);
        long step = held.isPresent() ? result.bestStep() : result.step();
        ConnectorCheckpoint.save(
            folder.path().resolve(CONNECTOR), method, recipeHash(folder), step, version());
      }
      recordResult(folder, result, method);
      return result;
    }
  }

  private ConnectorTexts texts(List<FeaturedDataset> sets, Method method) {
    ConnectorRecipe.Data data = recipe.value().data();
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
    return new ConnectorTexts(sets, data.learn(), method.prompts(), data.maxTokens());
  }

  private Method startingPoint() {
    MethodConfig config = recipe.value().method();
    if (start.isEmpty()) {
      return config.start(backbones, recipe.value().train().seed());
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

  private static void takeOver(Path best, Method method) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Checkpoint checkpoint = Checkpoint.open(best)) {
      for (Map.Entry<String, Tensor> entry : method.trained().asMap().entrySet()) {
        entry.getValue().copy_(checkpoint.get(entry.getKey()));
      }
    }
  }

  private static String recipeHash(RunFolder folder) {
    return RunRecord.open(folder).node().path("recipeSha256").asText();
  }

  private static String version() {
    BuildInfo build = BuildInfo.read();
    return build.version() + " " + build.commit();
  }

  private void recordData(
      RunFolder folder,
      List<FeaturedDataset> train,
      ConnectorTexts texts,
      List<FeaturedDataset> validation,
      Optional<ConnectorTexts> held) {
    ObjectNode data = JSON.createObjectNode();
    data.set("train", describe(train, texts));
    held.ifPresent(h -> data.set("validation", describe(validation, h)));
    ObjectNode run = RunRecord.open(folder).node();
    JsonNode before = run.path("data");
    if (before.isMissingNode()) {
      run.set("data", data);
      run.set("parts", parts());
      folder.writeJson("run.json", run);
    } else if (!before.toString().equals(data.toString())) {
      throw new InputException(
          folder.path()
              + " was started with other data than are there now (see data in its run.json); start"
              + " a new run or bring the data back");
    }
  }

  private static ObjectNode describe(List<FeaturedDataset> sets, ConnectorTexts texts) {
    ObjectNode node = JSON.createObjectNode();
    ArrayNode fingerprints = node.putArray("sets");
    for (FeaturedDataset set : sets) {
      fingerprints.add(JSON.valueToTree(set.dataset().fingerprint()));
    }
    node.setAll((ObjectNode) JSON.valueToTree(texts.counts()));
    return node;
  }

  private ArrayNode parts() {
    ArrayNode parts = JSON.createArrayNode();
    for (Part part : recipe.value().method().describe(backbones.pair()).parts()) {
      parts
          .addObject()
          .put("role", part.role().toString())
          .put("name", part.name())
          .put("trained", part.trained())
          .put("parameters", part.parameters());
    }
    return parts;
  }

  private void recordResult(RunFolder folder, TrainingLoop.Result result, Method method) {
    ObjectNode run = RunRecord.open(folder).node();
    ObjectNode node = run.putObject("result");
    node.put("end", result.end().name().toLowerCase(Locale.ROOT)).put("step", result.step());
    node.put("textsSeen", result.step() * recipe.value().batch());
    node.put("trainedParameters", method.trained().count());
    if (Double.isFinite(result.best())) {
      node.put("validationLossNats", result.best()).put("bestStep", result.bestStep());
    }
    Path connector = folder.path().resolve(CONNECTOR);
    if (Files.exists(connector)) {
      try (Checkpoint checkpoint = Checkpoint.open(connector)) {
        node.put("connectorSha256", checkpoint.sha256());
      }
    }
    folder.writeJson("run.json", run);
  }
}
