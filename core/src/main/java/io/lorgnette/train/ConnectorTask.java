package io.lorgnette.train;

import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.method.Method;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a method's connector on cached features: the frozen encoder does not run at all, the
 * frozen language model only passes gradients on.
 */
final class ConnectorTask implements TrainingTask {

  private final Method method; // its mapper in F32, trained
  private final FeatureCache features;
  private final ConnectorTexts train;
  private final Optional<ConnectorTexts> validation;
  private final TextOrder order;
  private final ConnectorRecipe recipe;
  private final Dtype format;

  /**
   * A task whose method's mapper is trained in place.
   *
   * @param features hold every image that has texts
   * @param format in which the mapper computes; its weights stay in F32
   */
  ConnectorTask(
      Method method,
      FeatureCache features,
      ConnectorTexts train,
      Optional<ConnectorTexts> validation,
      ConnectorRecipe recipe,
      Dtype format) {
    this.method = method;
    this.features = features;
    this.train = train;
    this.validation = validation;
    this.recipe = recipe;
    this.format = format;
    this.order = new TextOrder(train.perImage(), recipe.data().together(), recipe.train().seed());
    method.trained().trainable(true);
  }

  @Override
  public Map<String, Tensor> trained() {
    return method.trained().asMap();
  }

  @Override
  public Tensor loss(long step, int micro) {
    long number = step * recipe.train().accumulation() + micro;
    List<TextOrder.Item> items = order.take(number * recipe.rows(), recipe.rows());
    return model().loss(batch(items), Objective.training(recipe.labelSmoothing()));
  }

  /** The method with its mapper in the format of the run; gradients flow through the conversion. */
  private Method model() {
    if (format == Dtype.F32) {
      return method;
    }
    Map<String, Tensor> converted = new LinkedHashMap<>();
    trained().forEach((name, tensor) -> converted.put(name, Tensors.to(tensor, format)));
    Mapper mapper = method.mapper().config().of(Parameters.of(converted));
    return method.kind().of(method.backbones(), mapper);
  }

  private TrainingBatch batch(List<TextOrder.Item> items) {
    Map<Integer, List<TrainingBatch.Text>> read = new LinkedHashMap<>();
    List<FeatureKey> keys = new ArrayList<>();
    List<TrainingBatch.Text> texts = new ArrayList<>();
    for (TextOrder.Item item : items) {
      List<TrainingBatch.Text> all = read.get(item.image());
      if (all == null) {
        all = train.read(item.image(), keys.size());
        keys.add(train.key(item.image()));
        read.put(item.image(), all);
      }
      texts.add(all.get(item.text()));
    }
    return new TrainingBatch(features.get(keys), texts);
  }

  @Override
  public long unitsPerStep() {
    return recipe.batch();
  }

  @Override
  public String unit() {
    return recipe.data().learn().contains(TextKind.QUESTIONS) ? "texts" : "captions";
  }

  /** Nats per target token over all validation texts. */
  @Override
  public Map<String, Double> evaluate() {
    return validation.map(texts -> Map.of("loss", loss(texts))).orElse(Map.of());
  }

  private double loss(ConnectorTexts texts) {
    double sum = 0;
    long tokens = 0;
    int image = 0;
    while (image < texts.images()) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        List<FeatureKey> keys = new ArrayList<>();
        List<TrainingBatch.Text> rows = new ArrayList<>();
        for (; image < texts.images() && rows.size() < recipe.rows(); image++) {
          if (texts.perImage(image) > 0) {
            rows.addAll(texts.read(image, keys.size()));
            keys.add(texts.key(image));
          }
        }
        if (!rows.isEmpty()) {
          TrainingBatch batch = new TrainingBatch(features.get(keys), rows);
          double mean = Tensors.value(model().loss(batch, Objective.VALIDATION));
          sum += mean * batch.targetTokens();
          tokens += batch.targetTokens();
        }
      }
    }
    return sum / tokens;
  }
}
