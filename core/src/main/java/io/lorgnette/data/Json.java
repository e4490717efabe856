package io.lorgnette.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Large JSON files record by record, with the slice of every record. */
final class Json {
  /** The field that holds a member's key. */
  static final String KEY = " key";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  // Reads one object out of the middle of a file, where more tokens follow.
  private static final ObjectMapper INSIDE = JsonMapper.builder().build();

  private Json() {}

  interface Visitor {
    /**
     * Takes one object of an array.
     *
     * @param place file, line and position in the array, for messages
     */
    void record(long slice, String place, JsonNode record);
  }

  /**
   * Reads {@code {"a": [{...}, ...], "b": "text"}}, visiting the objects of the named arrays one at
   * a time; other arrays and objects are skipped.
   *
   * @param what the sort of file that was expected, for messages
   * @return the texts beside the arrays
   * @throws InputException when the file is not JSON, or lacks one of the arrays
   */
  static Map<String, String> forEach(
      RecordFile file, String what, Map<String, Visitor> arrays, DataFiles problems) {
    Map<String, String> texts = new LinkedHashMap<>();
    Set<String> missing = new HashSet<>(arrays.keySet());
    try (InputStream in = file.stream();
        JsonParser parser = MAPPER.createParser(in)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InputException(file.name() + ": not a JSON object; expected " + what + ".");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.START_ARRAY && missing.remove(field)) {
          array(file, parser, field, arrays.get(field), problems);
        } else if (value == JsonToken.VALUE_STRING) {
          texts.put(field, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw new InputException(file.name() + ": more text after the JSON object; expected one.");
      }
    } catch (JacksonException e) {
      throw broken(file, e);
    } catch (IOException e) {
      throw Bytes.unreadable(file.name(), e);
    }
    if (!missing.isEmpty()) {
      throw new InputException(
          file.name()
              + ": there is no list \""
              + missing.iterator().next()
              + "\"; expected "
              + what
              + ".");
    }
    return texts;
  }

  /**
   * Reads {@code [{...}, ...]}, visiting the objects one at a time.
   *
   * @param what the sort of file that was expected, for messages
   * @throws InputException when the file is not JSON, or no list
   */
  static void forEachOfList(RecordFile file, String what, Visitor visitor, DataFiles problems) {
    whole(
        file,
        JsonToken.START_ARRAY,
        "not a JSON list; expected " + what + ".",
        parser -> array(file, parser, "", visitor, problems));
  }

  /**
   * Reads {@code {"KEY": {...}, ...}}, visiting the objects one at a time, each with its key as
   * {@value #KEY}. {@link #rereadMember} reads one again.
   *
   * @param what the sort of file that was expected, for messages
   * @throws InputException when the file is not JSON, or no object
   */
  static void forEachMember(RecordFile file, String what, Visitor visitor, DataFiles problems) {
    whole(
        file,
        JsonToken.START_OBJECT,
        "not a JSON object; expected " + what + ".",
        parser -> {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            JsonLocation at = parser.currentTokenLocation();
            String key = parser.currentName();
            String place = file.name() + ", line " + at.getLineNr() + ", \"" + key + "\"";
            parser.nextToken();
            record(file, parser, at, place, problems)
                .ifPresent(found -> visitor.record(found.slice(), place, keyed(key, found.node())));
          }
        });
  }

  /** What reads the inside of a file. */
  private interface Inside {
    void read(JsonParser parser) throws IOException;
  }

  private static void whole(RecordFile file, JsonToken first, String otherwise, Inside inside) {
    try (InputStream in = file.stream();
        JsonParser parser = MAPPER.createParser(in)) {
      if (parser.nextToken() != first) {
        throw new InputException(file.name() + ": " + otherwise);
      }
      inside.read(parser);
      if (parser.nextToken() != null) {
        throw new InputException(file.name() + ": more text after the end of the JSON.");
      }
    } catch (JacksonException e) {
      throw broken(file, e);
    } catch (IOException e) {
      throw Bytes.unreadable(file.name(), e);
    }
  }

  private static void array(
      RecordFile file, JsonParser parser, String field, Visitor visitor, DataFiles problems)
      throws IOException {
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      JsonLocation at = parser.currentTokenLocation();
      String place = file.name() + ", line " + at.getLineNr() + ", " + field + "[" + i + "]";
      record(file, parser, at, place, problems)
          .ifPresent(found -> visitor.record(found.slice(), place, found.node()));
    }
  }

  /** An object and where it is, from its start or its key's. */
  private record Found(long slice, JsonNode node) {}

  private static Optional<Found> record(
      RecordFile file, JsonParser parser, JsonLocation at, String place, DataFiles problems)
      throws IOException {
    long start = at.getByteOffset();
    if (start < 0) {
      throw new InputException(file.name() + ": not UTF-8; save it as UTF-8.");
    }
    JsonNode node = INSIDE.readTree(parser);
    long length = parser.currentLocation().getByteOffset() - start;
    if (!node.isObject()) {
      problems.add(Problem.Kind.BROKEN_RECORD, place, "not an object in braces.");
    } else if (!Slice.fits(start, length)) {
      problems.add(Problem.Kind.BROKEN_RECORD, place, "the record is longer than 64 MiB.");
    } else {
      return Optional.of(new Found(Slice.of(start, length), node));
    }
    return Optional.empty();
  }

  private static JsonNode keyed(String key, JsonNode node) {
    return ((ObjectNode) node).put(KEY, key);
  }

  private static InputException broken(RecordFile file, JacksonException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    return new InputException(
        file.name()
            + place
            + ": broken JSON ("
            + firstLine(e.getOriginalMessage())
            + "); mend it or fetch it again.",
        e);
  }

  /** The object in {@code bytes}, or empty when they are anything else. */
  static Optional<JsonNode> object(byte[] bytes) {
    try {
      return Optional.of(MAPPER.readTree(bytes)).filter(JsonNode::isObject);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** An object that was read before in the same way. */
  static JsonNode reread(RecordFile file, long slice) {
    return object(file.read(slice)).orElseThrow(() -> changed(file));
  }

  /** A member of {@link #forEachMember} that was read before in the same way. */
  static JsonNode rereadMember(RecordFile file, long slice) {
    byte[] member = file.read(slice);
    byte[] braced = new byte[member.length + 2];
    braced[0] = '{';
    System.arraycopy(member, 0, braced, 1, member.length);
    braced[braced.length - 1] = '}';
    JsonNode object =
        object(braced)
            .filter(node -> node.size() == 1 && node.elements().next().isObject())
            .orElseThrow(() -> changed(file));
    return keyed(object.fieldNames().next(), object.elements().next());
  }

  static InputException changed(RecordFile file) {
    return new InputException(file.name() + " has changed while it was in use; start again.");
  }

  /** A text or number as text; empty when absent, null, or anything else, or an empty text. */
  static Optional<String> text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    return value != null && (value.isTextual() || value.isNumber()) && !value.asText().isEmpty()
        ? Optional.of(value.asText())
        : Optional.empty();
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
