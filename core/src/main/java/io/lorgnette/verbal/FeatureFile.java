package io.lorgnette.verbal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Vectors of questions or images that PICa's authors computed: a {@code .npy} of one row for each
 * question and a {@code *_line2sample_idx_*.json} that maps the number of a row to {@code
 * imageid<->questionid}.
 */
public final class FeatureFile {

  private final Path file;
  private final Rows rows;
  private final Map<String, Integer> lines = new HashMap<>();

  /**
   * Reads both.
   *
   * @param features the {@code .npy}
   * @param samples the JSON file
   * @throws InputException if one is broken or they do not belong together
   */
  public FeatureFile(Path features, Path samples) {
    file = features;
    rows = NpyFile.read(features);
    JsonNode map;
    try {
      map = new ObjectMapper().readTree(samples.toFile());
    } catch (IOException e) {
      throw new InputException(samples + " is not JSON or can not be read: " + e.getMessage(), e);
    }
    if (map == null || !map.isObject() || map.size() != rows.count()) {
      throw new InputException(
          samples
              + " does not name the "
              + rows.count()
              + " rows of "
              + features
              + "; expected {\"0\": \"imageid<->questionid\", ...}, one for each");
    }
    map.properties().forEach(entry -> add(samples, entry.getKey(), entry.getValue().asText("")));
  }

  private void add(Path samples, String line, String sample) {
    int at = sample.indexOf("<->");
    boolean fits = line.matches("0|[1-9][0-9]{0,8}") && Integer.parseInt(line) < rows.count();
    if (!fits || at < 0) {
      throw new InputException(
          samples
              + " maps "
              + line
              + " to \""
              + sample
              + "\"; expected a row below "
              + rows.count()
              + " and imageid<->questionid");
    }
    lines.put(
        key(sample.substring(0, at), sample.substring(at + "<->".length())),
        Integer.parseInt(line));
  }

  private static String key(String imageId, String questionId) {
    return ImageIds.plain(imageId) + "<->" + questionId.strip();
  }

  /**
   * The row of a question.
   *
   * @throws InputException if the file has none
   */
  public int line(String imageId, String questionId) {
    Integer line = lines.get(key(imageId, questionId));
    if (line == null) {
      throw new InputException(
          file
              + " has no row for question "
              + questionId
              + " about image "
              + imageId
              + "; give the files of this data set and split");
    }
    return line;
  }

  /** The rows of questions, in their order. */
  public Rows rows(List<Integer> wanted) {
    return rows.select(wanted.stream().mapToInt(Integer::intValue).toArray());
  }
}
