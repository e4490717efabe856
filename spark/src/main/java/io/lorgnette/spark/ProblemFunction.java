package io.lorgnette.spark;

import org.apache.spark.sql.api.java.UDF1;

/** {@code lorgnette_problem(image)}: why an image can not be read, or null. */
public final class ProblemFunction implements UDF1<byte[], String> {

  private static final long serialVersionUID = 1;

  @Override
  public String call(byte[] image) {
    return ImageColumn.problem(image);
  }
}
