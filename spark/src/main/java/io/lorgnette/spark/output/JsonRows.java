package io.lorgnette.spark.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lorgnette.spark.output.RowSchema.Column;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Rows as JSON lines. */
final class JsonRows implements RowWriter {

  private final RowSchema schema;
  private final JsonGenerator out;

  JsonRows(Path path, RowSchema schema, Configuration hadoop) throws IOException {
    this.schema = schema;
    OutputStream file = path.getFileSystem(hadoop).create(path, true);
    this.out = new JsonFactory().createGenerator(file).setRootValueSeparator(null);
  }

  @Override
  public void write(Object... values) throws IOException {
    out.writeStartObject();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        Column column = schema.columns().get(i);
        out.writeFieldName(column.name());
        write(column, values[i]);
      }
    }
    out.writeEndObject();
    out.writeRaw('\n');
  }

  private void write(Column column, Object value) throws IOException {
    switch (column.type()) {
      case TEXT -> out.writeString((String) value);
      case TEXTS -> {
        out.writeStartArray();
        for (Object text : (List<?>) value) {
          out.writeString((String) text);
        }
        out.writeEndArray();
      }
      case DOUBLE -> out.writeNumber((double) value);
      case FLOAT -> out.writeNumber((float) value);
      case INT -> out.writeNumber((int) value);
      case LONG -> out.writeNumber((long) value);
      case FLAG -> out.writeBoolean((boolean) value);
      case BYTES -> throw new IllegalStateException("JSON lines hold no bytes");
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
