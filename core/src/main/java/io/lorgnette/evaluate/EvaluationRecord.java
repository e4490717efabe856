package io.lorgnette.evaluate;

import com.fasterxml.jackson.core.type.TypeReference;
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
import io.lorgnette.metrics.ImageSums;
import io.lorgnette.metrics.Interval;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One evaluation in a run folder: {@code evaluations/NAME.json} with the scores, {@code
 * predictions/NAME.json} in the benchmark's {@link ResultFormat}, {@code predictions/NAME.jsonl}
 * with what was said beside the references, {@code images/NAME.json} with what each image adds to
 * the scores, {@code gallery/} with a few of the images.
 *
 * @param name such as {@code flickr8k-val-captions} or {@code vqav2-val-answers-4-shot}
 * @param scores {@code corpus}, {@code intervals}, {@code variants} and how it was measured
 */
public record EvaluationRecord(String name, Task task, ObjectNode scores, List<Item> items) {

  /** Two ways of adding up the same numbers. */
  private static final double SAME = 1e-9;

  /** Pictures kept for the report. */
  public static final int GALLERY = 24;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "evaluations";
  private static final String JSON_ENDING = ".json";
  private static final String IMAGES = "images";
  private static final String SHUFFLED = "shuffled";
  private static final String HELD_OUT = "held-out";

  public EvaluationRecord {
    items = List.copyOf(items);
  }

  /** The name of an evaluation. */
  public static String name(String dataset, String split, Task task, int shots) {
    return String.format(Locale.ROOT, "%s-%s-%s", dataset, split, task.id())
        + (shots > 0 ? "-" + shots + "-shot" : "");
  }

  /** The same evaluation under a name of its own, of a model whose weights are kept in a form. */
  public EvaluationRecord withWeights(String form) {
    return new EvaluationRecord(
        name + "-" + form, task, scores.deepCopy().put("weights", form), items);
  }

  /** The file of an evaluation's scores in a run folder. */
  public static String file(String name) {
    return FOLDER + "/" + name + ".json";
  }

  /** The file of what each image adds to an evaluation's scores, in a run folder. */
  public static String imagesFile(String name) {
    return IMAGES + "/" + name + ".json";
  }

  /** Whether a name is that of an evaluation with photos exchanged. */
  public static boolean isShuffled(String name) {
    return name.endsWith("-" + SHUFFLED);
  }

  /** The name of an evaluation of the same with photos exchanged. */
  public static String shuffled(String name) {
    return name + "-" + SHUFFLED;
  }

  /**
   * The same evaluation under a name of its own, of a system that was shown other images' photos.
   */
  public EvaluationRecord withPhotosExchanged(long seed) {
    return new EvaluationRecord(
        shuffled(name),
        task,
        scores.deepCopy().put("photos", SHUFFLED).put("photoSeed", seed),
        items);
  }

  /** The same evaluation under a name of its own, of the images that a run's recipe holds out. */
  public EvaluationRecord ofHeldOut() {
    return named(HELD_OUT);
  }

  /** Whether a name is that of an evaluation of what was held out, with the photos as they are. */
  public static boolean isOfHeldOut(String name) {
    return name.endsWith("-" + HELD_OUT);
  }

  /**
   * One evaluation of all that several were about: what was said is put together and scored as a
   * whole, with intervals over all images.
   *
   * @param parts of one data set, task and system, asked in the same way; at least one
   * @throws InputException if two of them are about the same item
   */
  public static EvaluationRecord pooled(String name, List<EvaluationRecord> parts) {
    List<Item> items = parts.stream().flatMap(part -> part.items.stream()).toList();
    Set<String> ids = new HashSet<>();
    for (Item item : items) {
      if (!ids.add(item.id())) {
        throw new InputException(
            "item "
                + item.id()
                + " stands in two of the evaluations that are put together; ask about it once");
      }
    }
    EvaluationRecord first = parts.get(0);
    ObjectNode scores = first.scores.deepCopy();
    scores.remove(List.of("itemsPerSecond", "byDomain"));
    scores.put("split", distinct(parts, "split"));
    scores.put("items", items.size());
    scores.put("images", items.stream().map(Item::imageId).distinct().count());
    scores.put(
        "seconds", parts.stream().mapToDouble(p -> p.scores.path("seconds").asDouble()).sum());
    JsonNode variants = first.scores.path("variants").deepCopy();
    scores.setAll(Scoring.scores(first.task, items, Scoring.options(first.scores), Protocol.MAPL));
    scores.set("variants", variants);
    scores.remove("notes");
    parts.stream()
        .flatMap(part -> StreamSupport.stream(part.scores.path("notes").spliterator(), false))
        .map(JsonNode::asText)
        .distinct()
        .forEach(scores.withArray("notes")::add);
    return new EvaluationRecord(name, first.task, scores, items);
  }

  private static String distinct(List<EvaluationRecord> parts, String key) {
    return parts.stream()
        .map(part -> part.scores.path(key).asText())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The types of answers that questions ask for, in alphabetical order; none for captions. */
  public List<String> answerTypes() {
    return items.stream()
        .map(Item::answerType)
        .filter(type -> type != null && !type.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }

  /** The items of one type of answer, under this record's name and scores. */
  public EvaluationRecord onlyAnswerType(String type) {
    return new EvaluationRecord(
        name, task, scores, items.stream().filter(i -> type.equals(i.answerType())).toList());
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
    folder.writeJson(imagesFile(name), imageSums());
    folder.writeJson("predictions/" + name + ".json", results);
    folder.writeText("predictions/" + name + ".jsonl", lines.toString());
    folder.writeJson(file(name), scores);
  }

  /** Ids and, for each metric that is so made, one row of sums an image. */
  private ObjectNode imageSums() {
    ObjectNode node = JSON.createObjectNode();
    for (ImageSums sums : Scoring.imageSums(task, items, Scoring.options(scores))) {
      // A score made in another way, with other document frequencies say, is not these sums'.
      double recorded = scores.path("corpus").path(sums.metric()).asDouble(Double.NaN);
      if (Math.abs(recorded - sums.score()) < SAME) {
        node.set(IMAGES, JSON.valueToTree(sums.images()));
        node.set(sums.metric(), JSON.valueToTree(sums.sums()));
      }
    }
    return node;
  }

  /**
   * What each image added to a score of an evaluation.
   *
   * @param name of the evaluation
   * @throws InputException if the run was not evaluated so, or by an earlier version
   */
  public static ImageSums imageSums(RunFolder folder, String name, String metric) {
    JsonNode node = folder.readJson(imagesFile(name));
    if (!node.has(metric)) {
      throw new InputException(
          folder.path()
              + " has no "
              + metric
              + " by image of "
              + name
              + "; evaluate the run again");
    }
    return ImageSums.of(
        metric,
        JSON.convertValue(node.path(IMAGES), new TypeReference<List<String>>() {}),
        JSON.convertValue(node.path(metric), double[][].class));
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
    return names(folder).stream().map(name -> read(folder, name)).toList();
  }

  /** The names of a run's evaluations, in their order. */
  public static List<String> names(RunFolder folder) {
    Path path = folder.path().resolve(FOLDER);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(JSON_ENDING) && !name.startsWith("."))
          .map(name -> name.substring(0, name.length() - JSON_ENDING.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads an evaluation.
   *
   * @throws InputException if a file is absent or broken
   */
  public static EvaluationRecord read(RunFolder folder, String name) {
    ObjectNode scores = (ObjectNode) folder.readJson(file(name));
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
