package io.lorgnette.spark;

import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.SpeakerSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The rows of a partition with captions, some images at a time. Belongs to one thread. */
final class CaptionedRows implements Iterator<Row> {

  private static final int BATCH = 16;

  private final Iterator<Row> rows;
  private final int image;
  private final SpeakerSpec model;
  private final Queue<Row> ready = new ArrayDeque<>();

  private CaptionedRows(Iterator<Row> rows, int image, SpeakerSpec model) {
    this.rows = rows;
    this.image = image;
    this.model = model;
  }

  static Dataset<Row> of(Dataset<Row> images, String image, String caption, SpeakerSpec model) {
    StructType form = images.schema().add(caption, DataTypes.StringType);
    int index = images.schema().fieldIndex(image);
    MapPartitionsFunction<Row, Row> add = rows -> new CaptionedRows(rows, index, model);
    return images.mapPartitions(add, Encoders.row(form));
  }

  @Override
  public boolean hasNext() {
    return !ready.isEmpty() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (ready.isEmpty()) {
      if (!rows.hasNext()) {
        throw new NoSuchElementException();
      }
      fill();
    }
    return ready.remove();
  }

  private void fill() {
    List<Row> batch = new ArrayList<>();
    List<Optional<RgbImage>> pictures = new ArrayList<>();
    while (rows.hasNext() && batch.size() < BATCH) {
      Row row = rows.next();
      batch.add(row);
      pictures.add(ImageColumn.picture(row.getAs(image)));
    }
    List<RgbImage> read = pictures.stream().flatMap(Optional::stream).toList();
    Iterator<Utterance> said = ExecutorModels.get(model).captions(read, Speaker.MAPL).iterator();
    for (int i = 0; i < batch.size(); i++) {
      ready.add(with(batch.get(i), pictures.get(i).isPresent() ? said.next().text() : null));
    }
  }

  private static Row with(Row row, String caption) {
    Object[] values = new Object[row.length() + 1];
    for (int i = 0; i < row.length(); i++) {
      values[i] = row.get(i);
    }
    values[row.length()] = caption;
    return RowFactory.create(values);
  }
}
