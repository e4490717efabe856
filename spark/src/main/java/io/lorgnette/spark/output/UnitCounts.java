package io.lorgnette.spark.output;

import java.io.Serializable;

/**
 * What was done of a unit, or of several.
 *
 * @param images that could be used
 * @param broken images and samples that could not
 * @param rows that were written
 */
public record UnitCounts(long images, long broken, long rows) implements Serializable {

  /** Nothing yet. */
  public static final UnitCounts NONE = new UnitCounts(0, 0, 0);

  /** Both together. */
  public UnitCounts plus(UnitCounts other) {
    return new UnitCounts(images + other.images, broken + other.broken, rows + other.rows);
  }
}
