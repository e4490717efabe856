package io.lorgnette.train;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
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
final class PretrainTask implements TrainingTask, AutoCloseable {

  private static final int MAX_VALIDATION_WINDOWS = 64;

  private final LanguageModel master; // F32, trained
  private final LanguageModel template; // in the format of the run: lends its tables
  private final Numerics numerics;
  private final PackedCorpus corpus;
  private final Map<String, Double> weights;
  private final WindowSampler sampler;
  private final PretrainRecipe recipe;

  PretrainTask(
      LanguageModel master, PackedCorpus corpus, PretrainRecipe recipe, Numerics numerics) {
    this.master = master;
    this.corpus = corpus;
    this.recipe = recipe;
    this.numerics = numerics;
    this.weights = new LinkedHashMap<>();
    recipe.text().forEach(text -> weights.put(text.name(), text.weight()));
    this.sampler = corpus.sampler(weights);
    master.parameters().trainable(true);
    this.template =
        LanguageModel.of(
            master.config(),
            master.parameters().copyTo(numerics.format(), numerics.device()),
            master.identity());
  }

  @Override
  public Map<String, Tensor> trained() {
    return master.parameters().asMap();
  }

  /** The model in the format of the run; gradients flow through the conversion to the leaves. */
  private LanguageModel model(Map<String, Tensor> leaves) {
    if (numerics.format() == Dtype.F32) {
      return master.with(Parameters.of(leaves));
    }
    Map<String, Tensor> converted = new LinkedHashMap<>();
    leaves.forEach((name, tensor) -> converted.put(name, Tensors.to(tensor, numerics.format())));
    return template.with(Parameters.of(converted));
  }

  @Override
  public List<Part> parts(long step, int micro, int count) {
    int rows = recipe.rows();
    int length = recipe.length();
    long[] ids = new long[rows * length];
    long batch = step * recipe.train().accumulation() + micro;
    sampler.batch(recipe.train().seed(), batch, rows, length, ids);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = i * rows / count;
      int to = (i + 1) * rows / count;
      if (from < to) {
        long[] own = Arrays.copyOfRange(ids, from * length, to * length);
        double share = (to - from) / (double) rows;
        parts.add(
            (leaves, dropout) -> loss(model(leaves), own, to - from, false).mul(new Scalar(share)));
      }
    }
    return parts;
  }

  private Tensor loss(LanguageModel lm, long[] ids, int rows, boolean sum) {
    Tensor tokens = Tensors.to(Tensors.ofLongs(ids, rows, recipe.length()), numerics.device());
    Tensor hidden = lm.hidden(lm.embed(tokens));
    return sum ? NextTokenLoss.sum(lm, hidden, ids) : NextTokenLoss.mean(lm, hidden, ids);
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
        sum += Tensors.value(loss(model(trained()), ids, 1, true));
      }
    }
    return windows == 0 ? Double.NaN : sum / (windows * (length - 1.0));
  }

  @Override
  public void close() {
    template.close();
  }
}
