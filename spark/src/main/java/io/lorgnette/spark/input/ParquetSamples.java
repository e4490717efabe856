package io.lorgnette.spark.input;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.ImageSource;
import io.lorgnette.data.Question;
import io.lorgnette.spark.input.InputUnit.InputFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Images in a column of a Parquet file; only the columns that are asked for are read. */
final class ParquetSamples implements Samples {

  private static final String BYTES = "bytes";

  private final String file;
  private final ParquetColumns columns;
  private final ParquetReader<Group> rows; // null for a file that is none
  private final MessageType schema;
  private Sample ahead;
  private long row;
  private boolean ended;

  private ParquetSamples(
      String file,
      ParquetColumns columns,
      ParquetReader<Group> rows,
      MessageType schema,
      Sample first) {
    this.file = file;
    this.columns = columns;
    this.rows = rows;
    this.schema = schema;
    this.ahead = first;
  }

  static ParquetSamples open(InputFile file, ParquetColumns columns, Configuration shared)
      throws IOException {
    Path path = new Path(file.path());
    MessageType all;
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, shared))) {
      all = reader.getFileMetaData().getSchema();
    } catch (RuntimeException e) {
      // What Parquet throws where the end of a file is not that of a Parquet file.
      return broken(file, columns, "not a whole Parquet file: " + e.getMessage());
    }
    if (!all.containsField(columns.image())) {
      return broken(file, columns, "there is no column \"" + columns.image() + "\"");
    }
    List<Type> wanted =
        Stream.of(columns.image(), columns.id(), columns.caption(), columns.question())
            .filter(all::containsField)
            .distinct()
            .map(all::getType)
            .toList();
    MessageType schema = new MessageType(all.getName(), wanted);
    Configuration own = new Configuration(shared);
    own.set(ReadSupport.PARQUET_READ_SCHEMA, schema.toString());
    ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), path).withConf(own).build();
    return new ParquetSamples(file.id(), columns, rows, schema, null);
  }

  private static ParquetSamples broken(InputFile file, ParquetColumns columns, String problem) {
    Sample sample = Sample.broken(file.id(), problem);
    return new ParquetSamples(file.id(), columns, null, null, sample);
  }

  @Override
  public boolean hasNext() {
    if (ahead == null && rows != null && !ended) {
      try {
        Group group = rows.read();
        ahead = group == null ? null : sample(group, row++);
        ended = group == null;
      } catch (ParquetDecodingException e) {
        ahead = Sample.broken(file + "#" + row, "the file breaks off here: " + e.getMessage());
        ended = true;
      } catch (IOException e) {
        throw new UncheckedIOException(file + " can not be read: " + e.getMessage(), e);
      }
    }
    return ahead != null;
  }

  @Override
  public Sample next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Sample next = ahead;
    ahead = null;
    return next;
  }

  private Sample sample(Group group, long number) {
    List<String> named = texts(group, columns.id());
    String id = named.isEmpty() ? file + "#" + number : named.get(0);
    byte[] image = image(group);
    if (image == null) {
      return Sample.broken(id, "its row has no image");
    }
    if (image.length > ImageSource.MAX_IMAGE_BYTES) {
      return Sample.broken(id, Samples.tooLong(id, image.length));
    }
    List<String> captions = texts(group, columns.caption());
    List<String> asked = texts(group, columns.question());
    List<Question> questions = new ArrayList<>();
    for (String question : asked) {
      if (CaptionText.hasWords(question)) {
        String questionId = id + "#" + questions.size();
        questions.add(new Question(questionId, question, "", "", List.of()));
      }
    }
    return new Sample(
        id, image, captions.stream().filter(CaptionText::hasWords).toList(), questions, null);
  }

  private byte[] image(Group group) {
    if (group.getFieldRepetitionCount(columns.image()) == 0) {
      return null;
    }
    Type type = schema.getType(columns.image());
    if (type.isPrimitive()) {
      return group.getBinary(columns.image(), 0).getBytes();
    }
    Group inside = group.getGroup(columns.image(), 0);
    return type.asGroupType().containsField(BYTES) && inside.getFieldRepetitionCount(BYTES) > 0
        ? inside.getBinary(BYTES, 0).getBytes()
        : null;
  }

  /** The texts of a column: one, those of a list, or none. */
  private List<String> texts(Group group, String column) {
    List<String> texts = new ArrayList<>();
    if (schema.containsField(column)) {
      addTexts(group, schema.getType(column), texts);
    }
    return texts;
  }

  private static void addTexts(Group group, Type type, List<String> texts) {
    String name = type.getName();
    for (int i = 0; i < group.getFieldRepetitionCount(name); i++) {
      if (!type.isPrimitive()) {
        Group inside = group.getGroup(name, i);
        type.asGroupType().getFields().forEach(field -> addTexts(inside, field, texts));
      } else if (type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
        texts.add(group.getBinary(name, i).toStringUsingUTF8());
      } else {
        texts.add(group.getValueToString(group.getType().getFieldIndex(name), i));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (rows != null) {
      rows.close();
    }
  }
}
