package io.lorgnette.train;

import io.lorgnette.nn.Dropout;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** What {@link TrainingLoop} trains: parameters and the loss of the n-th batch. */
public interface TrainingTask {

  /** The leaves that are trained, by name, in F32. */
  Map<String, Tensor> trained();

  /** How many times the run's learning rate a leaf has. */
  default double rate(String name) {
    return 1;
  }

  /** Whether a leaf gets weight decay; matrices do, biases and norms do not. */
  default boolean decays(String name, Tensor tensor) {
    return tensor.dim() >= 2;
  }

  /**
   * This process' parts of a micro-batch, which are worked on side by side. The data must depend on
   * the arguments alone, so that a resumed run sees the same, and on the number of parts only in
   * how they are cut.
   *
   * @param step optimizer steps taken before
   * @param micro which of the accumulated batches, from 0
   * @return parts whose losses add up, over all processes, to the mean loss of the micro-batch
   */
  List<Part> parts(long step, int micro, Cut cut);

  /** A part of a micro-batch; safe for use by another thread. */
  @FunctionalInterface
  interface Part {

    /**
     * This part's share of the loss.
     *
     * @param leaves {@link #trained}, or other leaves over the same memory, that gradients flow to
     * @return a scalar
     */
    Tensor loss(Map<String, Tensor> leaves, Dropout dropout);
  }

  /**
   * What the losses of the step just taken were made of, for its line in the log; asked for once a
   * step.
   *
   * @return this process' shares of named means over its micro-batches, which add up over all
   *     processes; empty where the loss is all there is to say
   */
  default Map<String, Double> measured() {
    return Map.of();
  }

  /** What one optimizer step consumes, for the rate shown: tokens, captions. */
  long unitsPerStep();

  /** The name of these units in the plural. */
  String unit();

  /**
   * Scores the current parameters on held-out data, which several processes divide; the first value
   * decides about early stopping (smaller is better).
   *
   * @return named values in a fixed order, the same in every process; empty where there is nothing
   *     to evaluate on
   */
  Map<String, Double> evaluate();
}
