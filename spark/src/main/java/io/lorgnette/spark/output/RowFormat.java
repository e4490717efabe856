package io.lorgnette.spark.output;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Forms of a job's rows. */
public enum RowFormat {
  PARQUET(".parquet"),
  JSON(".jsonl");

  private final String ending;

  RowFormat(String ending) {
    this.ending = ending;
  }

  /** The ending of files' names. */
  public String ending() {
    return ending;
  }

  /**
   * Begins a file.
   *
   * @param notes of the file as a whole; JSON lines have no place for them
   */
  RowWriter open(Path path, RowSchema schema, Map<String, String> notes, Configuration hadoop)
      throws IOException {
    return this == PARQUET
        ? new ParquetRows(path, schema, notes, hadoop)
        : new JsonRows(path, schema, hadoop);
  }
}
