package io.lorgnette.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** What {@link TrainingLoop} trains: parameters and the loss of the n-th batch. */
public interface TrainingTask {

  /** The leaves that are trained, by name, in F32. */
  Map<String, Tensor> trained();

  /**
   * The loss of one micro-batch. The data must depend on the arguments alone, so that a resumed run
   * sees the same; native random numbers (dropout) have been seeded by them already.
   *
   * @param step optimizer steps taken before
   * @param micro which of the accumulated batches, from 0
   * @return a scalar
   */
  Tensor loss(long step, int micro);

  /** What one optimizer step consumes, for the rate shown: tokens, captions. */
  long unitsPerStep();

  /** The name of these units in the plural. */
  String unit();

  /**
   * Scores the current parameters on held-out data; the first value decides about early stopping
   * (smaller is better).
   *
   * @return named values in a fixed order; empty where there is nothing to evaluate on
   */
  Map<String, Double> evaluate();
}
