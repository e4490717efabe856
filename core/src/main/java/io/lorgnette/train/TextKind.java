package io.lorgnette.train;

/** Which texts about images a connector learns. */
public enum TextKind {
  CAPTIONS,
  /** Questions, each with its most common answer. */
  QUESTIONS,
  /** Documents with several images, as one text each. */
  DOCUMENTS
}
