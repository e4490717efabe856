package io.lorgnette.spark.job;

import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.RowSchema;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/** What is made of images. Travels to the executors; models are looked up there. */
interface UnitWork extends Serializable {

  /** What it is called. */
  String name();

  /** Everything that the rows depend on, besides the input. */
  Map<String, String> settings();

  RowSchema schema();

  /** Images that are looked at together. */
  int batch();

  /**
   * Loads what is needed, so that a model that is not there fails the task and not an image.
   *
   * @return notes for the data file
   */
  Map<String, String> prepare();

  /**
   * The rows of some images: a value for each column.
   *
   * @param unit the one they are of
   * @param first place of the first image among the unit's decoded ones
   * @throws io.lorgnette.error.InputException if one of the images can not be used
   */
  List<Object[]> rows(InputUnit unit, long first, List<Seen> seen);
}
