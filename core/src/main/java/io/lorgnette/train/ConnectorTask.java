package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.method.LanguageAlone;
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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Learns what people wrote about images. */
final class ConnectorTask extends MethodTask {

  /** Among the sums of a validation. */
  private static final String TOKENS = "tokens";

  private final Lessons train;
  private final Optional<Lessons> validation;
  private final TextOrder order;

  /** A task whose method is trained in place; see {@link MethodTask}. */
  ConnectorTask(
      Method method,
      FeatureCache features,
      Lessons train,
      Optional<Lessons> validation,
      ConnectorRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    super(method, features, recipe, format, group);
    this.train = train;
    this.validation = validation;
    this.order = train.order(recipe.data().together(), recipe.rows(), recipe.train().seed());
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    long from = number(step, micro) * recipe.rows();
    List<TextOrder.Item> items = order.take(from, recipe.rows());
    Looks looks = looks(step, micro);
    MethodConfig config = method.config();
    if (config.comparesImages()) {
      return List.of(compared(items, looks));
    }
    List<Shown> batches =
        split(items, cut.all()).stream().map(part -> train.shown(part, looks)).toList();
    double all = batches.stream().mapToLong(shown -> shown.targetTokens(config)).sum();
    List<Part> parts = new ArrayList<>();
    for (Shown shown : cut.own(batches)) {
      parts.add(
          (leaves, dropout) -> {
            TrainingBatch batch = shown.batch(features);
            Objective objective =
                new Objective(dropout, recipe.labelSmoothing()).recomputing(recipe.recompute());
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

  /**
   * This process' part of a batch whose images are compared with each other: they are one part on
   * any number of threads, and the processes show each other theirs.
   */
  private Part compared(List<TextOrder.Item> items, Looks looks) {
    List<List<TextOrder.Item>> pieces = split(items, group.size());
    if (pieces.size() < group.size()) {
      throw new InputException(
          "a batch of "
              + items.size()
              + " texts can not be divided by images among "
              + group.size()
              + " processes; raise train.batch or lower data.together");
    }
    Shown shown = train.shown(pieces.get(group.rank()), looks);
    return (leaves, dropout) -> {
      Objective objective =
          new Objective(dropout, recipe.labelSmoothing()).among(group.gathering());
      Method.Losses share = model(leaves).losses(shown.batch(features), objective);
      Map<String, Double> shares = new LinkedHashMap<>();
      add(share.parts(), 1.0 / recipe.train().accumulation(), shares);
      note(shares);
      return share.sum();
    };
  }

  private static void add(Map<String, Tensor> parts, double share, Map<String, Double> into) {
    parts.forEach((name, part) -> into.merge(name, share * Tensors.value(part), Double::sum));
  }

  /**
   * Neighbours in about equal numbers, fewer parts if images are fewer; those of an image stay
   * together.
   */
  private static List<List<TextOrder.Item>> split(List<TextOrder.Item> items, int count) {
    Map<Integer, List<TextOrder.Item>> byImage = new LinkedHashMap<>();
    items.forEach(item -> byImage.computeIfAbsent(item.image(), i -> new ArrayList<>()).add(item));
    List<List<TextOrder.Item>> parts = new ArrayList<>();
    int taken = 0;
    int left = byImage.size();
    for (List<TextOrder.Item> image : byImage.values()) {
      boolean due = (long) taken * count >= (long) parts.size() * items.size();
      // Where images are few, each of those left begins a part that would else be missing.
      if (parts.isEmpty() || due || left <= count - parts.size()) {
        parts.add(new ArrayList<>());
      }
      left--;
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
    return validation
        .map(
            held ->
                losses(
                    held,
                    UnaryOperator.identity(),
                    batch -> model(trained()).losses(batch, Objective.VALIDATION)))
        .orElse(Map.of());
  }

  /** Nats per target token over all validation texts of the language model without the method. */
  double languageAlone() {
    return losses(
            validation.orElseThrow(),
            batch -> LanguageAlone.known(method, batch),
            batch -> new Method.Losses(LanguageAlone.loss(method, batch), Map.of()))
        .get("loss");
  }

  private Map<String, Double> losses(
      Lessons texts,
      UnaryOperator<TrainingBatch> view,
      Function<TrainingBatch, Method.Losses> measure) {
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
          TrainingBatch batch = view.apply(texts.shown(rows, Looks.PLAIN).batch(features));
          Method.Losses mean = measure.apply(batch);
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
