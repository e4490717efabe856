package io.lorgnette.spark.output;

import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** Reads data files that jobs have written. */
public final class RowFiles {

  /** Takes a row. */
  @FunctionalInterface
  public interface Taker {
    void take(Group row) throws IOException;
  }

  private RowFiles() {}

  /** The rows of a file, in its order. */
  public static void forEach(Path file, Configuration hadoop, Taker taker) throws IOException {
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(hadoop).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        taker.take(row);
      }
    }
  }

  /** The notes of a file as a whole. */
  public static Map<String, String> notes(Path file, Configuration hadoop) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, hadoop))) {
      return reader.getFileMetaData().getKeyValueMetaData();
    }
  }
}
