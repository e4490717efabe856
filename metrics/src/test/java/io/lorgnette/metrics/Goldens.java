package io.lorgnette.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Recorded outputs of the reference programs, from the test resources. */
final class Goldens {

  private Goldens() {}

  static JsonNode read(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a golden lies, for tests of file readers. */
  static Path path(String name) {
    try {
      return Path.of(Goldens.class.getResource("/goldens/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  /** {@code {"id": ["a", "b"]}} as a map. */
  static Map<String, List<String>> lists(JsonNode object) {
    Map<String, List<String>> map = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            entry -> {
              List<String> values = new ArrayList<>();
              entry.getValue().forEach(value -> values.add(value.asText()));
              map.put(entry.getKey(), values);
            });
    return map;
  }

  /** {@code {"id": "text"}}, or lists of one text, as a map. */
  static Map<String, String> texts(JsonNode object) {
    Map<String, String> map = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              map.put(entry.getKey(), value.isArray() ? value.get(0).asText() : value.asText());
            });
    return map;
  }
}
