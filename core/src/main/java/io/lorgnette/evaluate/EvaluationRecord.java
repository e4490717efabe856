package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.AnswerStyle;
import io.lorgnette.data.Dataset;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.ClipScores;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One evaluation in a run folder: {@code evaluations/NAME.json} with the scores, {@code
 * predictions/NAME.json} in the benchmark's {@link ResultFormat}, {@code predictions/NAME.jsonl}
 * with what was said beside the references, {@code gallery/} with a few of the images.
 *
 * @param name such as {@code flickr8k-val-captions} or {@code vqav2-val-answers-4-shot}
 * @param scores {@code corpus}, {@code intervals}, {@code variants} and how it was measured
 */
public record EvaluationRecord(String name, Task task, ObjectNode scores, List<Item> items) {

  /** Pictures kept for the report. */
  public static final int GALLERY = 24;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "evaluations";

  public EvaluationRecord {
    items = List.copyOf(items);
  }

  /** The name of an evaluation. */
  static String name(String dataset, String split, Task task, int shots) {
    return String.format(Locale.ROOT, "%s-%s-%s", dataset, split, task.id())
        + (shots > 0 ? "-" + shots + "-shot" : "");
  }

  /** The same evaluation under a name of its own, of a model whose weights are kept in a form. */
  public EvaluationRecord withWeights(String form) {
    return new EvaluationRecord(
        name + "-" + form, task, scores.deepCopy().put("weights", form), items);
  }

  /** The captions of this record with the images of the data set that they are about. */
  public List<ClipScoring.Captioned> captioned(Dataset dataset) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < dataset.size(); i++) {
      numbers.put(dataset.id(i), i);
    }
    return items.stream()
        .map(
            item ->
                new ClipScoring.Captioned(
                    item.id(),
                    dataset.image(numbers.get(item.id())),
                    item.said(),
                    item.references()))
        .toList();
  }

  /** Adds CLIPScores of this record's captions to its scores, drawn as its other intervals. */
  public void add(ClipScores clip) {
    long seed = scores.path("bootstrapSeed").asLong(1);
    Scoring.add(scores, clip.intervals(seed, scores.path("resamples").asInt(Interval.RESAMPLES)));
    clip.variants().forEach(scores.withObjectProperty("variants")::put);
  }

  /** The same evaluation under a name with an addition, of shots chosen in another way. */
  EvaluationRecord named(String addition) {
    return new EvaluationRecord(name + "-" + addition, task, scores, items);
  }

  /** Writes the files, the scores last: where they are, the rest is whole. */
  public void write(RunFolder folder) {
    ResultFormat format = format();
    ArrayNode results = JSON.createArrayNode();
    StringBuilder lines = new StringBuilder();
    for (Item item : items) {
      format.put(results.addObject(), item.id(), item.said());
      JsonNode line = JSON.valueToTree(item);
      lines.append(line).append('\n');
    }
    folder.writeJson("predictions/" + name + ".json", results);
    folder.writeText("predictions/" + name + ".jsonl", lines.toString());
    folder.writeJson(FOLDER + "/" + name + ".json", scores);
  }

  private ResultFormat format() {
    String id = scores.path("resultFormat").asText();
    return Arrays.stream(ResultFormat.values())
        .filter(format -> format.id().equals(id))
        .findFirst()
        .orElse(ResultFormat.of(task, AnswerStyle.TEN_PEOPLE));
  }

  /** The evaluations of a run, by name. */
  public static List<EvaluationRecord> all(RunFolder folder) {
    Path path = folder.path().resolve(FOLDER);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    List<EvaluationRecord> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.sorted().toList()) {
        String fileName = file.getFileName().toString();
        if (fileName.endsWith(".json") && !fileName.startsWith(".")) {
          records.add(read(folder, fileName.substring(0, fileName.length() - ".json".length())));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  /**
   * Reads an evaluation.
   *
   * @throws InputException if a file is absent or broken
   */
  public static EvaluationRecord read(RunFolder folder, String name) {
    ObjectNode scores = (ObjectNode) folder.readJson(FOLDER + "/" + name + ".json");
    Path file = folder.predictions().resolve(name + ".jsonl");
    List<Item> items = new ArrayList<>();
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        items.add(JSON.readValue(line, Item.class));
      }
      return new EvaluationRecord(
          name,
          Task.valueOf(scores.path("task").asText().toUpperCase(Locale.ROOT).replace('-', '_')),
          scores,
          items);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException(
          file + " can not be read (" + e.getMessage() + "); evaluate the run again", e);
    }
  }

  /**
   * Paired differences between this system and another on the same items, this one first.
   *
   * @throws InputException if the other was asked about something else
   */
  public List<Comparison> compare(EvaluationRecord other, long seed, int resamples) {
    return compare(other, CaptionOptions.defaults(), seed, resamples);
  }

  /**
   * Paired differences, captions scored with more than this program carries.
   *
   * @throws InputException if the other was asked about something else
   */
  public List<Comparison> compare(
      EvaluationRecord other, CaptionOptions scoring, long seed, int resamples) {
    return Scoring.compare(
        task, items, other.items, scoring, Scoring.options(scores), seed, resamples);
  }

  /** The data set that the system was asked about. */
  public String dataset() {
    return scores.path("dataset").asText();
  }

  /** The part of the data set, as {@link io.lorgnette.data.Split#of} reads it. */
  public String split() {
    return scores.path("split").asText();
  }

  /** The file of an image of a data set in the run folder; different images, different files. */
  public static String galleryFile(String dataset, String imageId) {
    return "gallery/" + fileName(dataset) + "/" + fileName(imageId) + ".jpg";
  }

  private static String fileName(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_-]", "_");
    return plain.equals(name) ? name : plain + "-" + Integer.toHexString(name.hashCode());
  }
}
