package io.lorgnette.spark.output;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/** The columns of a job's rows. */
public record RowSchema(List<Column> columns) implements Serializable {

  /** What a column holds; a value may be null in each. */
  public enum ColumnType {
    /** {@link String}. */
    TEXT,
    /** {@link List} of {@link String}. */
    TEXTS,
    /** {@link Double}. */
    DOUBLE,
    /** {@link Float}. */
    FLOAT,
    /** {@link Integer}. */
    INT,
    /** {@link Long}. */
    LONG,
    /** {@link Boolean}. */
    FLAG,
    /** {@code byte[]}; not in JSON lines. */
    BYTES
  }

  /** A column. */
  public record Column(String name, ColumnType type) implements Serializable {}

  public RowSchema {
    columns = List.copyOf(columns);
  }

  /** The same columns and one more. */
  public RowSchema with(String name, ColumnType type) {
    return new RowSchema(
        Stream.concat(columns.stream(), Stream.of(new Column(name, type))).toList());
  }

  /** One column. */
  public static RowSchema of(String name, ColumnType type) {
    return new RowSchema(List.of(new Column(name, type)));
  }
}
