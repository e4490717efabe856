package io.lorgnette.metrics.spice;

import java.util.Set;

/** Lists of words in the code. */
final class Words {

  private Words() {}

  /** The words of a text between blanks or line ends. */
  static Set<String> of(String text) {
    return Set.of(text.strip().split("\\s+", -1));
  }
}
