package io.lorgnette.cli;

import java.util.List;

/** Takes a few vectors of a data set. */
@FunctionalInterface
interface VectorTaker {

  /**
   * Takes some.
   *
   * @param names of the pictures, B
   * @param vectors {@code [B][J]}
   */
  void take(List<String> names, float[][] vectors);
}
