package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.method.Method;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a method's connector on cached features: the frozen encoder does not run at all, the
 * frozen language model only passes gradients on. What it learns is up to the subclasses.
 */
abstract class MethodTask implements TrainingTask {

  final Method method; // in F32, trained
  final FeatureCache features;
  final ConnectorRecipe recipe;
  final ProcessGroup group;
  private final Dtype format;
  private final Map<String, Double> sums = new LinkedHashMap<>(); // of the step

  /**
   * A task whose method is trained in place.
   *
   * @param features hold every image that has texts
   * @param format in which what is trained computes; its weights stay in F32
   * @param group of processes that train it
   * @throws InputException if layers are to be run again that the method does not leave frozen
   */
  MethodTask(
      Method method,
      FeatureCache features,
      ConnectorRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    if (recipe.recompute() && !method.recomputes()) {
      throw new InputException(
          "train.recompute runs the layers of a frozen decoder again, but "
              + method.config().kind().title()
              + " trains in its language model, puts something between its layers, or has an"
              + " encoder-decoder; leave train.recompute out of the recipe");
    }
    this.method = method;
    this.features = features;
    this.recipe = recipe;
    this.format = format;
    this.group = group;
    method.learned().trainable(true);
  }

  @Override
  public final Map<String, Tensor> trained() {
    return method.learned().asMap();
  }

  /** The method with what is trained in the format of the run; gradients flow through. */
  final Method model(Map<String, Tensor> leaves) {
    Map<String, Tensor> converted = new LinkedHashMap<>(method.trained().asMap());
    leaves.forEach((name, tensor) -> converted.put(name, Tensors.to(tensor, format)));
    return method.config().of(method.backbones(), Parameters.of(converted));
  }

  /** Which micro-batch of the run this is, from 0. */
  final long number(long step, int micro) {
    return step * recipe.train().accumulation() + micro;
  }

  /** In which views a micro-batch shows its images. */
  final Looks looks(long step, int micro) {
    return Looks.drawn(recipe.train().seed(), number(step, micro));
  }

  @Override
  public final double rate(String name) {
    return method.config().rate(name);
  }

  @Override
  public final boolean decays(String name, Tensor tensor) {
    return method.config().decays(name, tensor);
  }

  @Override
  public final long unitsPerStep() {
    return recipe.batch();
  }

  /** Adds shares of means to those that the step's line in the log shows. */
  final void note(Map<String, Double> shares) {
    synchronized (sums) {
      shares.forEach((name, share) -> sums.merge(name, share, Double::sum));
    }
  }

  @Override
  public final Map<String, Double> measured() {
    synchronized (sums) {
      Map<String, Double> means = new LinkedHashMap<>(sums);
      sums.clear();
      return means;
    }
  }
}
