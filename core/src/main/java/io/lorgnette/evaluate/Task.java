package io.lorgnette.evaluate;

import java.util.Locale;

/** What a system is asked for. */
public enum Task {
  CAPTIONS,
  /** Answers to questions that several people answered, scored by VQA accuracy. */
  ANSWERS,
  /** Answers that are sets of things, as DAQUAR's, scored by equality of the sets. */
  ANSWER_SETS;

  /** The name in files: {@code captions}, {@code answers}, {@code answer-sets}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
