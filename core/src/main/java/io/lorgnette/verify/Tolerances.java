package io.lorgnette.verify;

/**
 * How much our numbers may differ from a reference's in single precision, for all families alike.
 */
final class Tolerances {

  /** Features, hidden states, logits: absolute. */
  static final double FEATURES = 1e-4;

  /** Losses: share of the loss. */
  static final double LOSS = 1e-5;

  /** Gradients: share of the tensor's largest value. */
  static final double GRADIENT = 1e-4;

  /** Scores of beams: absolute. */
  static final double SCORE = 1e-4;

  /** Gaps between two logits: twice that of a logit. */
  static final double MARGIN = 2 * FEATURES;

  /** Two choices nearer than this may come out either way. */
  static final double CLOSE = 1e-3;

  private Tolerances() {}
}
