package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Learns what people wrote about images. */
final class ConnectorTask extends MethodTask {

  /** Among the sums of a validation. */
  private static final String TOKENS = "tokens";

  private final Lessons train;
  private final Optional<Lessons> validation;
  private final TextOrder order;

  /**
   * A task whose method is trained in place; see {@link MethodTask}.
   *
   * @throws InputException if the processes are several and the method compares the images of a
   *     batch
   */
  ConnectorTask(
      Method method,
      FeatureCache features,
      Lessons train,
      Optional<Lessons> validation,
      ConnectorRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    super(method, features, recipe, format, group);
    if (group.size() > 1 && method.config().comparesImages()) {
      throw new InputException(
          method.config().kind().title()
              + " compares the images of a batch with each other, which several processes do not do;"
              + " train it with one");
    }
    this.train = train;
    this.validation = validation;
    this.order = train.order(recipe.data().together(), recipe.rows(), recipe.train().seed());
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    long from = number(step, micro) * recipe.rows();
    List<TextOrder.Item> items = order.take(from, recipe.rows());
    MethodConfig config = method.config();
    int pieces = config.comparesImages() ? 1 : cut.all();
    List<Shown> batches = split(items, pieces).stream().map(train::shown).toList();
    double all = batches.stream().mapToLong(shown -> shown.targetTokens(config)).sum();
    List<Part> parts = new ArrayList<>();
    for (Shown shown : cut.own(batches)) {
      parts.add(
          (leaves, dropout) -> {
            TrainingBatch batch = shown.batch(features);
            Objective objective = new Objective(dropout, recipe.labelSmoothing());
            Method.Losses mean = model(leaves).losses(batch, objective);
            double share = batch.targetTokens(config) / all;
            Map<String, Double> shares = new LinkedHashMap<>();
            add(mean.parts(), share / recipe.train().accumulation(), shares);
            note(shares);
            return mean.sum().mul(new Scalar(share));
          });
    }
    return parts;
  }

  private static void add(Map<String, Tensor> parts, double share, Map<String, Double> into) {
    parts.forEach((name, part) -> into.merge(name, share * Tensors.value(part), Double::sum));
  }

  /** Neighbours in about equal numbers; the texts of an image stay together. */
  private static List<List<TextOrder.Item>> split(List<TextOrder.Item> items, int count) {
    Map<Integer, List<TextOrder.Item>> byImage = new LinkedHashMap<>();
    items.forEach(item -> byImage.computeIfAbsent(item.image(), i -> new ArrayList<>()).add(item));
    List<List<TextOrder.Item>> parts = new ArrayList<>();
    int taken = 0;
    for (List<TextOrder.Item> image : byImage.values()) {
      if (parts.isEmpty() || (long) taken * count >= (long) parts.size() * items.size()) {
        parts.add(new ArrayList<>());
      }
      parts.get(parts.size() - 1).addAll(image);
      taken += image.size();
    }
    return parts;
  }

  @Override
  public String unit() {
    Set<TextKind> learn = recipe.data().learn();
    return learn.contains(TextKind.DOCUMENTS)
        ? "documents"
        : learn.contains(TextKind.QUESTIONS) ? "texts" : "captions";
  }

  /** Nats per target token over all validation texts, and the parts of a loss that has some. */
  @Override
  public Map<String, Double> evaluate() {
    return validation.map(this::losses).orElse(Map.of());
  }

  private Map<String, Double> losses(Lessons texts) {
    Map<String, Double> sums = new LinkedHashMap<>();
    int place = 0;
    int batches = 0;
    while (place < texts.places()) {
      List<TextOrder.Item> rows = new ArrayList<>();
      for (; place < texts.places() && rows.size() < recipe.rows(); place++) {
        for (int text = 0; text < texts.texts(place); text++) {
          rows.add(new TextOrder.Item(place, text));
        }
      }
      if (!rows.isEmpty() && batches++ % group.size() == group.rank()) {
        try (Scope scope = Scope.open();
            Tensors.NoGrad guard = Tensors.noGrad()) {
          TrainingBatch batch = texts.shown(rows).batch(features);
          Method.Losses mean = model(trained()).losses(batch, Objective.VALIDATION);
          long predicted = batch.targetTokens(method.config());
          add(Map.of("loss", mean.sum()), (double) predicted, sums);
          add(mean.parts(), (double) predicted, sums);
          sums.merge(TOKENS, (double) predicted, Double::sum);
        }
      }
    }
    Map<String, Double> all = group.sums(sums);
    double tokens = all.remove(TOKENS);
    all.replaceAll((name, sum) -> sum / tokens);
    return all;
  }
}
