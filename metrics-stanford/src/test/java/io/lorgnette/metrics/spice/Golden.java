package io.lorgnette.metrics.spice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.metrics.ExtraCaptionMetric.Image;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What SPICE 1.0 printed for our captions, and what its parser found in them. */
final class Golden {

  private static final String FOLDER = "/goldens/spice/";

  private static final String PARSES = CaptionParser.IDENTITY + ".parses";

  private Golden() {}

  static Stream<JsonNode> captions() {
    return rows("captions");
  }

  static Stream<JsonNode> images() {
    return rows("images");
  }

  private static Stream<JsonNode> rows(String name) {
    try (InputStream in = open("golden.json")) {
      JsonNode rows = new ObjectMapper().readTree(in).get(name);
      return StreamSupport.stream(rows.spliterator(), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    return Golden.class.getResourceAsStream(FOLDER + name);
  }

  /** A folder of parses that has those of all captions. */
  static Path parsesIn(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream in = open(PARSES)) {
      Files.copy(in, folder.resolve(PARSES));
    }
    return folder;
  }

  static Image image(JsonNode row) {
    List<String> references = new ArrayList<>();
    row.get("references").forEach(reference -> references.add(reference.asText()));
    return new Image(row.get("result").asText(), references);
  }

  /** Tuples as texts; the words of a merged part in alphabetical order. */
  static List<String> tuples(JsonNode row) {
    List<List<String>> tuples = new ArrayList<>();
    for (JsonNode tuple : row.get("tuples")) {
      List<String> parts = new ArrayList<>();
      tuple.forEach(part -> parts.add(part.asText()));
      tuples.add(parts);
    }
    return texts(tuples);
  }

  static List<String> texts(List<List<String>> tuples) {
    return tuples.stream()
        .map(
            tuple ->
                tuple.stream()
                    .map(part -> String.join("/", Arrays.stream(part.split("/")).sorted().toList()))
                    .toList()
                    .toString())
        .sorted()
        .toList();
  }
}
