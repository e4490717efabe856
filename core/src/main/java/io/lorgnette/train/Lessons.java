package io.lorgnette.train;

import java.util.List;

/**
 * What a connector learns: texts at places, which are images or documents. Safe for use by several
 * threads.
 */
interface Lessons {

  /** Images or documents, with and without texts. */
  int places();

  /** Texts at one place. */
  int texts(int place);

  /**
   * The order in which texts are learned.
   *
   * @param together texts of one image that stand side by side, at most
   * @param rows texts of a batch
   */
  TextOrder order(int together, int rows, long seed);

  /**
   * Reads some texts with the keys of their images.
   *
   * @param looks which views of the images
   */
  Shown shown(List<TextOrder.Item> items, Looks looks);

  /** What was found when all texts were read once: a record of numbers. */
  Record counts();
}
