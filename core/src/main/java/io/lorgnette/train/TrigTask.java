package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.verbal.Trig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Trains every weight of an encoder-decoder on questions with their answers. */
final class TrigTask implements TrainingTask {

  /** Added to logits by some released models; never trained. */
  private static final String BUFFER = "head.bias";

  private final EncoderDecoder model; // in F32, trained
  private final Trig trig;
  private final List<TrigExample> learned;
  private final List<TrigExample> held;
  private final TrigRecipe recipe;
  private final Dtype format;
  private final TextOrder order;
  private final ProcessGroup group;

  /**
   * A task whose model is trained in place.
   *
   * @param held may be empty
   * @param format in which the model computes; its weights stay in F32
   * @param group of processes that train it
   */
  TrigTask(
      EncoderDecoder model,
      Trig trig,
      List<TrigExample> learned,
      List<TrigExample> held,
      TrigRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    this.model = model;
    this.trig = trig;
    this.learned = learned;
    this.held = held;
    this.recipe = recipe;
    this.format = format;
    this.group = group;
    int[] ones = new int[learned.size()];
    Arrays.fill(ones, 1);
    order = new TextOrder(ones, 1, recipe.train().seed());
    trained().values().forEach(tensor -> tensor.requires_grad_(true));
  }

  @Override
  public Map<String, Tensor> trained() {
    return trained(model);
  }

  static Map<String, Tensor> trained(EncoderDecoder model) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.parameters().asMap());
    all.remove(BUFFER);
    return all;
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    int count = cut.all();
    long number = step * recipe.train().accumulation() + micro;
    List<TrigExample> batch =
        order.take(number * recipe.rows(), recipe.rows()).stream()
            .map(item -> learned.get(item.image()))
            .toList();
    double all = tokens(batch);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<TrigExample> own =
          batch.subList(i * batch.size() / count, (i + 1) * batch.size() / count);
      if (!own.isEmpty()) {
        Scalar share = new Scalar(tokens(own) / all);
        parts.add((leaves, dropout) -> loss(leaves, own).mul(share));
      }
    }
    return cut.own(parts);
  }

  private static long tokens(List<TrigExample> examples) {
    return examples.stream().mapToLong(example -> example.answer().length).sum();
  }

  private Tensor loss(Map<String, Tensor> leaves, List<TrigExample> batch) {
    Map<String, Tensor> converted = new LinkedHashMap<>();
    Tensor buffer = model.parameters().find(BUFFER);
    if (buffer != null) {
      converted.put(BUFFER, Tensors.to(buffer, format));
    }
    leaves.forEach((name, tensor) -> converted.put(name, Tensors.to(tensor, format)));
    return trig.with(model.with(Parameters.of(converted)))
        .loss(
            batch.stream().map(TrigExample::input).toList(),
            batch.stream().map(TrigExample::answer).toList());
  }

  @Override
  public long unitsPerStep() {
    return recipe.batch();
  }

  @Override
  public String unit() {
    return "questions";
  }

  /** Nats per token over all held answers. */
  @Override
  public Map<String, Double> evaluate() {
    if (held.isEmpty()) {
      return Map.of();
    }
    double sum = 0;
    int share = recipe.rows() * group.size();
    for (int from = recipe.rows() * group.rank(); from < held.size(); from += share) {
      List<TrigExample> batch = held.subList(from, Math.min(held.size(), from + recipe.rows()));
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        sum += Tensors.value(loss(trained(), batch)) * tokens(batch);
      }
    }
    return group.sums(Map.of("loss", sum / tokens(held)));
  }
}
