package io.lorgnette.spark.input;

import java.io.Serializable;

/**
 * What the columns of a Parquet input are called.
 *
 * @param image bytes, or a group with {@code bytes} in it as Hugging Face's data sets have
 * @param id a text or whole number; where the file has no such column the row's number is the id
 * @param caption a text or a list of texts; may be missing
 * @param question a text or a list of texts; may be missing
 */
public record ParquetColumns(String image, String id, String caption, String question)
    implements Serializable {

  /** The names that need no options. */
  public static final ParquetColumns DEFAULT =
      new ParquetColumns("image", "id", "caption", "question");
}
