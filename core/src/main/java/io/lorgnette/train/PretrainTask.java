package io.lorgnette.train;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PackedCorpus;
import io.lorgnette.text.WindowSampler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Trains every weight of a language model on windows of packed text. */
final class PretrainTask implements TrainingTask {

  private static final int MAX_VALIDATION_WINDOWS = 64;

  private final Pretrained model;
  private final PackedCorpus corpus;
  private final Map<String, Double> weights;
  private final WindowSampler sampler;
  private final PretrainRecipe recipe;

  PretrainTask(Pretrained model, PackedCorpus corpus, PretrainRecipe recipe) {
    this.model = model;
    this.corpus = corpus;
    this.recipe = recipe;
    this.weights = new LinkedHashMap<>();
    recipe.text().forEach(text -> weights.put(text.name(), text.weight()));
    this.sampler = corpus.sampler(weights);
  }

  @Override
  public Map<String, Tensor> trained() {
    return model.trained();
  }

  /** Leaves in the format of the run; gradients flow through the conversion. */
  static Map<String, Tensor> converted(Map<String, Tensor> leaves, Dtype format) {
    Map<String, Tensor> converted = new LinkedHashMap<>();
    leaves.forEach((name, tensor) -> converted.put(name, Tensors.to(tensor, format)));
    return converted;
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    int count = cut.all();
    int rows = recipe.rows();
    int length = recipe.length();
    long[] ids = new long[rows * length];
    long batch = step * recipe.train().accumulation() + micro;
    long seed = recipe.train().seed();
    if (model.fromDocuments()) {
      sampler.batchOfDocuments(seed, batch, rows, length, corpus.endOfDocument(), ids);
    } else {
      sampler.batch(seed, batch, rows, length, ids);
    }
    long[] draws = new long[rows];
    Arrays.setAll(draws, row -> TrainingLoop.mix(seed, batch, row));
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = i * rows / count;
      int to = (i + 1) * rows / count;
      if (from < to) {
        long[] own = Arrays.copyOfRange(ids, from * length, to * length);
        long[] ownDraws = Arrays.copyOfRange(draws, from, to);
        double share = (to - from) / (double) rows;
        parts.add(
            (leaves, dropout) -> model.loss(leaves, own, ownDraws, false).mul(new Scalar(share)));
      }
    }
    return cut.own(parts);
  }

  @Override
  public long unitsPerStep() {
    return (long) recipe.rows() * recipe.length() * recipe.train().accumulation();
  }

  @Override
  public String unit() {
    return "tokens";
  }

  /** Nats per token on held-out documents: the weighted mean of the sources, then each of them. */
  @Override
  public Map<String, Double> evaluate() {
    Map<String, Double> bySource = new LinkedHashMap<>();
    double sum = 0;
    double total = 0;
    for (String source : weights.keySet()) {
      double loss = evaluate(source);
      if (Double.isFinite(loss)) {
        bySource.put(source, loss);
        sum += weights.get(source) * loss;
        total += weights.get(source);
      }
    }
    Map<String, Double> values = new LinkedHashMap<>();
    if (total > 0) {
      values.put("loss", sum / total);
      values.putAll(bySource);
    }
    return values;
  }

  private double evaluate(String source) {
    int length = recipe.length();
    long windows = Math.min(MAX_VALIDATION_WINDOWS, corpus.validationWindows(source, length));
    double sum = 0;
    for (long window = 0; window < windows; window++) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        long[] ids = new long[length];
        corpus.validationWindow(source, window, length, ids, 0);
        long[] draw = {TrainingLoop.mix(0, window, 0)};
        sum += Tensors.value(model.loss(trained(), ids, draw, true));
      }
    }
    return windows == 0 ? Double.NaN : sum / ((double) windows * model.predictions(length));
  }
}
