package io.lorgnette.train;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.mapper.Blip2Losses;
import io.lorgnette.mapper.Blip2Losses.Batch;
import io.lorgnette.mapper.Blip2Losses.Losses;
import io.lorgnette.mapper.Blip2Losses.Weights;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.HardNegatives;
import io.lorgnette.mapper.TextBatch;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.train.TextOrder.Item;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains BLIP-2's first stage on cached features and captions. Pairs of a batch are each other's
 * wrong examples, so a batch is one part: it is not cut up for threads.
 */
final class Blip2Task implements TrainingTask {

  private static final int NEGATIVES = 5;

  private final Blip2Stage1 model; // in F32, trained in place
  private final FeatureCache features;
  private final Blip2Captions train;
  private final Optional<Blip2Captions> validation;
  private final PairOrder order;
  private final Blip2Recipe recipe;
  private final Dtype format;
  private final ProcessGroup group;
  private final Map<String, Double> sums = new LinkedHashMap<>();
  private int batches; // in the sums

  /**
   * A task.
   *
   * @param features hold every image that has captions
   * @param format in which is computed; weights stay in F32
   * @param group of processes that train it
   * @throws io.lorgnette.error.InputException if a batch can not be divided among them
   */
  Blip2Task(
      Blip2Stage1 model,
      FeatureCache features,
      Blip2Captions train,
      Optional<Blip2Captions> validation,
      Blip2Recipe recipe,
      Dtype format,
      ProcessGroup group) {
    PairShare.check(recipe.rows(), group);
    this.model = model;
    this.features = features;
    this.train = train;
    this.validation = validation;
    this.recipe = recipe;
    this.format = format;
    this.group = group;
    this.order = new PairOrder(train.perImage(), recipe.rows(), recipe.train().seed());
    model.parameters().trainable(true);
  }

  @Override
  public Map<String, Tensor> trained() {
    return model.parameters().asMap();
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    long number = step * recipe.train().accumulation() + micro;
    List<Item> items = order.batch(number);
    return List.of(
        (leaves, dropout) -> {
          Losses losses = losses(leaves, recipe.losses(), train, items, number, dropout, group);
          note(losses);
          return losses.sum().mul(new Scalar(1.0 / group.size()));
        });
  }

  private Losses losses(
      Map<String, Tensor> leaves,
      Weights weights,
      Blip2Captions captions,
      List<Item> items,
      long number,
      Dropout dropout,
      ProcessGroup among) {
    List<PaddedIds> texts =
        items.stream().map(item -> captions.read(item.image(), item.text())).toList();
    PairShare share = PairShare.of(items, among);
    // Padded as the whole batch is: processes show each other tensors of one shape.
    TextBatch text = TextBatch.of(texts, model.device()).rows(share.first(), share.items().size());
    long seed = TrainingLoop.mix(recipe.train().seed(), number, NEGATIVES);
    Gathering gathering = among.gathering();
    return new Blip2Losses(model.with(leaves, format), weights, gathering)
        .of(
            new Batch(features.get(captions.keys(share.items())), text.ids(), text.mask()),
            HardNegatives.seeded(seed, gathering),
            dropout);
  }

  private synchronized void note(Losses losses) {
    sums.merge("itc", Tensors.value(losses.itc()), Double::sum);
    sums.merge("itm", Tensors.value(losses.itm()), Double::sum);
    sums.merge("itg", Tensors.value(losses.itg()), Double::sum);
    batches++;
  }

  @Override
  public synchronized Map<String, Double> measured() {
    Map<String, Double> means = new LinkedHashMap<>();
    sums.forEach((name, sum) -> means.put(name, sum / batches / group.size()));
    means.put("temperature", Tensors.value(model.temperature()) / group.size());
    sums.clear();
    batches = 0;
    return means;
  }

  @Override
  public long unitsPerStep() {
    return recipe.batch();
  }

  @Override
  public String unit() {
    return "pairs";
  }

  /**
   * The losses without smoothing on validation images, each with its first caption, in batches of
   * the size of training's: ITC and ITM depend on it. What does not fill the last one is left out.
   */
  @Override
  public Map<String, Double> evaluate() {
    return validation.map(this::evaluate).orElse(Map.of());
  }

  private Map<String, Double> evaluate(Blip2Captions captions) {
    List<Item> all = captions.firsts();
    int rows = Math.min(recipe.rows(), all.size());
    int count = all.size() / rows;
    Map<String, Double> means = new LinkedHashMap<>();
    for (int number = group.rank(); number < count; number += group.size()) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        List<Item> items = all.subList(number * rows, (number + 1) * rows);
        Losses losses =
            losses(
                trained(),
                recipe.losses().sharp(),
                captions,
                items,
                number,
                Dropout.NONE,
                ProcessGroup.alone());
        means.merge("loss", Tensors.value(losses.sum()) / count, Double::sum);
        means.merge("itc", Tensors.value(losses.itc()) / count, Double::sum);
        means.merge("itm", Tensors.value(losses.itm()) / count, Double::sum);
        means.merge("itg", Tensors.value(losses.itg()) / count, Double::sum);
      }
    }
    return group.sums(means);
  }
}
