package io.lorgnette.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.lorgnette.error.InputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A JSON or JSON-lines file read token by token, so that a file of any size takes little memory.
 * Gzip files are recognised by their first bytes. Every error names file, line and column.
 */
final class JsonFile implements AutoCloseable {

  /** Something that reads from a JSON file. */
  @FunctionalInterface
  interface Reader<T> {
    T read(JsonFile file) throws IOException;
  }

  /** Something that reads one value. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /** Something that reads the value of a field. */
  @FunctionalInterface
  interface FieldAction {
    void read(String name) throws IOException;
  }

  private static final JsonFactory FACTORY = new JsonFactory();

  private final Path path;
  private final JsonParser parser;

  private JsonFile(Path path, JsonParser parser) {
    this.path = path;
    this.parser = parser;
  }

  /**
   * Opens {@code path}, reads from it and closes it.
   *
   * @throws InputException if the file is missing, unreadable or not JSON
   */
  static <T> T read(Path path, Reader<T> reader) {
    try (InputStream in = open(path);
        JsonFile file =
            new JsonFile(
                path,
                FACTORY.createParser(
                    new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())))) {
      return reader.read(file);
    } catch (JsonProcessingException e) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s, %s: not valid JSON (%s); repair the file.",
              path,
              place(e.getLocation()),
              firstLine(e.getOriginalMessage())),
          e);
    } catch (CharacterCodingException e) {
      throw new InputException(
          path + ": not UTF-8 text; expected JSON in UTF-8, so convert the file.", e);
    } catch (NoSuchFileException e) {
      throw new InputException(path + ": there is no such file; check the path.", e);
    } catch (EOFException | ZipException e) {
      throw new InputException(path + ": the gzip data is damaged or cut off; copy it again.", e);
    } catch (IOException e) {
      throw new InputException(path + ": can not be read (" + e.getMessage() + ").", e);
    }
  }

  private static InputStream open(Path path) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    in.mark(4);
    int first = in.read();
    int second = in.read();
    in.reset();
    if (first == 0x1F && second == 0x8B) {
      return new GZIPInputStream(in, 1 << 16);
    }
    if (first == 0xEF && second == 0xBB) {
      in.skipNBytes(3); // UTF-8 byte order mark
    }
    return in;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  /** The next token; null at the end of the file. */
  JsonToken next() throws IOException {
    return parser.nextToken();
  }

  /** Reads the elements of an array; the current token is its first bracket. */
  void elements(Action element) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw error("expected a list but found " + describe());
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      element.run();
    }
  }

  /** Reads the fields of an object; the action finds the value's first token current. */
  void fields(FieldAction field) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw error("expected an object but found " + describe());
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      field.read(name);
    }
  }

  /**
   * Checks that nothing follows the value just read.
   *
   * @throws InputException if something does
   */
  void end() throws IOException {
    if (parser.nextToken() != null) {
      throw error("expected the end of the file but found " + describe());
    }
  }

  /** Passes over the current value. */
  void skip() throws IOException {
    parser.skipChildren();
  }

  /** Whether the current value is a text. */
  boolean atText() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  /** Whether the current value is an object. */
  boolean atObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** Whether the current value is a list. */
  boolean atList() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  /** Whether the current value is null. */
  boolean atNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** The current value as a text. */
  String text(String field) throws IOException {
    if (!atText()) {
      throw error("\"" + field + "\" must be a text but is " + describe());
    }
    return parser.getText();
  }

  /** The current value as a whole number of at least 0. */
  long count(String field) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() < 0) {
      throw error("\"" + field + "\" must be a whole number but is " + describe());
    }
    return parser.getLongValue();
  }

  /** The current value, a whole number or a text, as an id. */
  String id(String field) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return parser.getText();
    }
    if (atText() && !parser.getText().isEmpty()) {
      return parser.getText();
    }
    throw error("\"" + field + "\" must be a whole number or a text but is " + describe());
  }

  /** The current scalar value as JSON would write it, objects and lists without their contents. */
  String scalar() throws IOException {
    String text = parser.getText();
    skip();
    return text;
  }

  /** An error at the current place; {@code what} is a clause that says what is wrong. */
  InputException error(String what) {
    return error(here(), what);
  }

  /** An error at a place that {@link #here} gave. */
  InputException error(String place, String what) {
    return new InputException(path + ", " + place + ": " + what + ".");
  }

  /** The place of the current token. */
  String here() {
    return place(parser.currentTokenLocation());
  }

  Path path() {
    return path;
  }

  private String describe() throws IOException {
    if (parser.currentToken() == null) {
      return "the end of the file";
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> parser.getText().isEmpty() ? "an empty text" : "a text";
      case VALUE_NULL -> "null";
      default -> parser.getText();
    };
  }

  private static String place(JsonLocation location) {
    if (location == null) {
      return "unknown place";
    }
    return String.format(
        Locale.ROOT, "line %d, column %d", location.getLineNr(), location.getColumnNr());
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip();
  }
}
