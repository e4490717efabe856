package io.lorgnette.verbal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** PICa's files of what a model saw: an image's id, a tab, a JSON list of objects. */
final class TsvFile {

  private static final ObjectReader JSON = new ObjectMapper().readerFor(JsonNode.class);

  private TsvFile() {}

  /**
   * Adds a field of the objects of each line to what is known of its image.
   *
   * @param field such as {@code caption}
   * @param all by {@link ImageIds#plain}
   * @throws InputException naming file and line
   */
  static void read(Path file, String field, Map<String, List<String>> all) {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          line(file, number, line, field, all);
        }
      }
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read as UTF-8 text (" + e + "); give a TSV file of images", e);
    }
  }

  private static void line(
      Path file, int number, String line, String field, Map<String, List<String>> all) {
    int tab = line.indexOf('\t');
    String expected =
        "; expected an image's id, a tab and [{\"" + field + "\": \"...\", \"conf\": 0.9}]";
    if (tab <= 0) {
      throw new InputException(file + ", line " + number + ", has no id before a tab" + expected);
    }
    JsonNode list;
    try {
      list = JSON.readTree(line.substring(tab + 1));
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + ", line " + number + ", is not JSON: " + e.getOriginalMessage() + expected, e);
    }
    if (!list.isArray()) {
      throw new InputException(file + ", line " + number + ", has no list" + expected);
    }
    List<String> texts =
        all.computeIfAbsent(ImageIds.plain(line.substring(0, tab)), id -> new ArrayList<>());
    for (JsonNode entry : list) {
      if (!entry.path(field).isTextual()) {
        throw new InputException(file + ", line " + number + ", lacks " + field + expected);
      }
      texts.add(entry.path(field).asText());
    }
  }
}
