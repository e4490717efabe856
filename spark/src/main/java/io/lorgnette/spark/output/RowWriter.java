package io.lorgnette.spark.output;

import java.io.IOException;

/** Writes rows into a file. Belongs to one thread. */
interface RowWriter extends AutoCloseable {

  /** Adds a row: a value for each column of the schema, in its order, null perhaps. */
  void write(Object... values) throws IOException;

  @Override
  void close() throws IOException;
}
