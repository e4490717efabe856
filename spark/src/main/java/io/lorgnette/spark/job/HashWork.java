package io.lorgnette.spark.job;

import io.lorgnette.data.ImageHash;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A perceptual hash of each image, with the image's place in the input. */
record HashWork() implements UnitWork {

  private static final int BATCH = 64;

  @Override
  public String name() {
    return "hashes";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("hash", "difference, 128 bits");
  }

  @Override
  public RowSchema schema() {
    return RowSchema.of("image", ColumnType.TEXT)
        .with("number", ColumnType.LONG)
        .with("across", ColumnType.LONG)
        .with("down", ColumnType.LONG);
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public Map<String, String> prepare() {
    return Map.of();
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    List<Object[]> rows = new ArrayList<>();
    for (Seen one : seen) {
      ImageHash hash = ImageHash.of(one.picture());
      long number = ((long) unit.number() << 32) + first + rows.size();
      rows.add(new Object[] {one.sample().id(), number, hash.across(), hash.down()});
    }
    return rows;
  }
}
