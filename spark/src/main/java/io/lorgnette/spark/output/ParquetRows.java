package io.lorgnette.spark.output;

import io.lorgnette.spark.output.RowSchema.Column;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Rows as Parquet. */
final class ParquetRows implements RowWriter {

  /** A row group is in the heap until it is written, once for each task: a quarter of the usual. */
  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final RowSchema schema;
  private final MessageType form;
  private final ParquetWriter<Group> out;

  ParquetRows(Path path, RowSchema schema, Map<String, String> notes, Configuration hadoop)
      throws IOException {
    this.schema = schema;
    this.form = form(schema);
    this.out =
        ExampleParquetWriter.builder(HadoopOutputFile.fromPath(path, hadoop))
            .withConf(hadoop)
            .withType(form)
            .withExtraMetaData(notes)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .build();
  }

  private static MessageType form(RowSchema schema) {
    return new MessageType("lorgnette", schema.columns().stream().map(ParquetRows::type).toList());
  }

  private static Type type(Column column) {
    return switch (column.type()) {
      case TEXT ->
          Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case TEXTS ->
          Types.optionalList()
              .requiredElement(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(column.name());
      case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(column.name());
      case FLOAT -> Types.optional(PrimitiveTypeName.FLOAT).named(column.name());
      case INT -> Types.optional(PrimitiveTypeName.INT32).named(column.name());
      case LONG -> Types.optional(PrimitiveTypeName.INT64).named(column.name());
      case FLAG -> Types.optional(PrimitiveTypeName.BOOLEAN).named(column.name());
      case BYTES -> Types.optional(PrimitiveTypeName.BINARY).named(column.name());
    };
  }

  @Override
  public void write(Object... values) throws IOException {
    Group group = new SimpleGroup(form);
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        add(group, schema.columns().get(i), values[i]);
      }
    }
    out.write(group);
  }

  private static void add(Group group, Column column, Object value) {
    String name = column.name();
    switch (column.type()) {
      case TEXT -> group.add(name, (String) value);
      case TEXTS -> {
        Group list = group.addGroup(name);
        for (Object text : (List<?>) value) {
          list.addGroup("list").add("element", (String) text);
        }
      }
      case DOUBLE -> group.add(name, (double) value);
      case FLOAT -> group.add(name, (float) value);
      case INT -> group.add(name, (int) value);
      case LONG -> group.add(name, (long) value);
      case FLAG -> group.add(name, (boolean) value);
      case BYTES -> group.add(name, Binary.fromConstantByteArray((byte[]) value));
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
