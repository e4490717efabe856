package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Documents with images between their sentences, one JSON object a line, in the form of MMC4 (Zhu
 * et al. 2023): {@code text_list}, {@code image_info} with an {@code image_name} each, and which
 * image goes with which sentence, as {@code similarity_matrix} (a row for each image, a number for
 * each sentence) or as {@code matched_text_index} and {@code matched_sim} of the images.
 *
 * <p>With the matrix, the images that are there and the sentences are paired so that their
 * similarities have the largest sum ({@link Assignment}), as OpenFlamingo does. An image whose
 * similarity with its sentence is below the threshold is left out, as is one without a sentence; of
 * several before one sentence the nearest stays. The caption of an image is its sentence.
 */
final class InterleavedAnnotations implements Annotations {

  /** In one document; more are refused, since pairing takes their number squared. */
  private static final int MAX_IMAGES = 256;

  private static final String FORM =
      "expected a JSON object with a list text_list of texts and a list image_info of objects with"
          + " the relative path image_name.";

  private final List<Path> paths;
  private final double threshold;
  private final Common common;
  private final ImageSource source;
  private final List<RecordFile> files = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private long images;
  private long documents;

  /**
   * Reads and pairs all documents once.
   *
   * @param source of the images; those that it lacks are not paired
   * @param threshold the least similarity of an image and its sentence
   * @throws InputException if there are images but none is similar enough
   */
  InterleavedAnnotations(
      DataFiles files, List<Path> paths, Common common, ImageSource source, double threshold) {
    this.paths = List.copyOf(paths);
    this.common = common;
    this.source = source;
    this.threshold = threshold;
    for (Path path : paths) {
      RecordFile file = files.records(path);
      int number = this.files.size();
      this.files.add(file);
      String stem = SafeName.stem(path.getFileName().toString());
      Lines.forEach(
          file,
          files,
          (slice, line, text) -> {
            if (!text.isBlank()) {
              String place = file.name() + ", line " + line;
              index(files, slice, number, stem + ":" + line, place, text);
            }
          });
    }
    if (entries.isEmpty() && images > 0) {
      throw new InputException(
          "Data set "
              + files.dataset()
              + ": none of the "
              + images
              + " images of "
              + documents
              + " documents is as near to a sentence as "
              + threshold
              + "; lower similarity in the recipe.");
    }
  }

  private void index(
      DataFiles problems, long slice, int file, String id, String place, String text) {
    Optional<JsonNode> object = Json.object(text.getBytes(StandardCharsets.UTF_8));
    Optional<List<String>> sentences = object.flatMap(InterleavedAnnotations::texts);
    Optional<List<String>> names = object.flatMap(InterleavedAnnotations::names);
    if (sentences.isEmpty() || names.isEmpty()) {
      problems.add(Kind.BROKEN_RECORD, place, FORM);
      return;
    }
    if (!ImageJson.isOf(object.get(), common.split())) {
      return;
    }
    if (names.get().size() > MAX_IMAGES) {
      problems.add(
          Kind.BROKEN_RECORD, place, "the document has more than " + MAX_IMAGES + " images.");
      return;
    }
    boolean[] there = there(names.get(), problems);
    Matches matches;
    try {
      matches = matches(object.get(), there, sentences.get().size());
    } catch (InputException e) {
      problems.add(Kind.BROKEN_RECORD, place, e.getMessage());
      return;
    }
    for (boolean one : there) {
      images += one ? 1 : 0;
    }
    documents++;
    int[] sentenceOf = kept(matches, sentences.get());
    IntStream.range(0, sentenceOf.length)
        .filter(image -> sentenceOf[image] >= 0)
        .boxed()
        .sorted(Comparator.comparingInt(image -> sentenceOf[image]))
        .forEach(
            image ->
                entries.add(
                    new Entry(
                        id + "#" + image,
                        names.get().get(image),
                        1,
                        0,
                        Slices.of(slice, file, sentenceOf[image]),
                        id)));
  }

  private static Optional<List<String>> texts(JsonNode object) {
    JsonNode list = object.path("text_list");
    List<String> texts = new ArrayList<>();
    for (JsonNode text : list) {
      if (text.isTextual()) {
        texts.add(text.asText());
      }
    }
    return list.isArray() && texts.size() == list.size() ? Optional.of(texts) : Optional.empty();
  }

  private static Optional<List<String>> names(JsonNode object) {
    JsonNode list = object.path("image_info");
    List<String> names = new ArrayList<>();
    for (JsonNode image : list) {
      Json.text(image, "image_name").filter(SafeName::isSafe).ifPresent(names::add);
    }
    return list.isArray() && names.size() == list.size() ? Optional.of(names) : Optional.empty();
  }

  private boolean[] there(List<String> names, DataFiles problems) {
    boolean[] there = new boolean[names.size()];
    for (int i = 0; i < there.length; i++) {
      String name = common.imagePrefix() + names.get(i);
      there[i] = source instanceof NoImages || source.has(name);
      if (!there[i] && !common.presentImagesOnly()) {
        problems.add(Kind.MISSING_IMAGE, name, "the image is not in " + source + ".");
      }
    }
    return there;
  }

  /**
   * The sentence of each image and how near it is.
   *
   * @param sentence -1 for none
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Matches(int[] sentence, double[] similarity) {}

  /**
   * As the document says or as its similarities give it.
   *
   * @throws InputException with what is wrong with it
   */
  private static Matches matches(JsonNode object, boolean[] there, int sentences) {
    int images = there.length;
    int[] sentence = new int[images];
    double[] similarity = new double[images];
    JsonNode matrix = object.path("similarity_matrix");
    if (!matrix.isMissingNode() && !matrix.isNull()) {
      double[][] similarities = matrix(matrix, images, sentences);
      int[] rows = IntStream.range(0, images).filter(i -> there[i]).toArray();
      int[] paired =
          Assignment.of(IntStream.of(rows).mapToObj(i -> similarities[i]).toArray(double[][]::new));
      Arrays.fill(sentence, -1);
      for (int row = 0; row < rows.length; row++) {
        int image = rows[row];
        sentence[image] = paired[row];
        similarity[image] = paired[row] < 0 ? 0 : similarities[image][paired[row]];
      }
      return new Matches(sentence, similarity);
    }
    for (int i = 0; i < images; i++) {
      JsonNode info = object.get("image_info").get(i);
      JsonNode index = info.path("matched_text_index");
      JsonNode near = info.path("matched_sim");
      if (!index.isInt() || index.asInt() < 0 || index.asInt() >= sentences) {
        throw new InputException(
            "there is no similarity_matrix, and matched_text_index of image "
                + i
                + " is not the number of a sentence, 0 to "
                + (sentences - 1)
                + ".");
      }
      if (!near.isMissingNode() && !near.isNumber()) {
        throw new InputException("matched_sim of image " + i + " is not a number.");
      }
      sentence[i] = there[i] ? index.asInt() : -1;
      // Whoever names a sentence and no similarity means it.
      similarity[i] = near.isMissingNode() ? Double.POSITIVE_INFINITY : near.asDouble();
    }
    return new Matches(sentence, similarity);
  }

  private static double[][] matrix(JsonNode rows, int images, int sentences) {
    double[][] matrix = new double[images][sentences];
    boolean fits = rows.isArray() && rows.size() == images;
    for (int i = 0; i < images && fits; i++) {
      JsonNode row = rows.get(i);
      fits = row.isArray() && row.size() == sentences;
      for (int j = 0; j < sentences && fits; j++) {
        matrix[i][j] = row.get(j).asDouble();
        fits = row.get(j).isNumber() && Double.isFinite(matrix[i][j]);
      }
    }
    if (!fits) {
      throw new InputException(
          "similarity_matrix is not "
              + images
              + " rows, one for each image, of "
              + sentences
              + " numbers, one for each sentence.");
    }
    return matrix;
  }

  /** The sentence of each image that stays, -1 for the others. */
  private int[] kept(Matches matches, List<String> sentences) {
    int[] kept = matches.sentence().clone();
    Map<Integer, Integer> nearest = new HashMap<>(); // image of a sentence
    for (int image = 0; image < kept.length; image++) {
      int sentence = kept[image];
      boolean near = sentence >= 0 && matches.similarity()[image] >= threshold;
      if (!near || !CaptionText.hasWords(sentences.get(sentence))) {
        kept[image] = -1;
        continue;
      }
      Integer other = nearest.get(sentence);
      if (other == null || matches.similarity()[image] > matches.similarity()[other]) {
        nearest.put(sentence, image);
        if (other != null) {
          kept[other] = -1;
        }
      } else {
        kept[image] = -1;
      }
    }
    return kept;
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  /** The sentences of the document that an image stands in. */
  List<String> sentences(Entry entry) {
    RecordFile file = files.get((int) entry.slices().get(1));
    return texts(Json.reread(file, entry.slices().get(0)))
        .filter(texts -> sentence(entry) < texts.size())
        .orElseThrow(() -> Json.changed(file));
  }

  /** The sentence that an image stands before. */
  static int sentence(Entry entry) {
    return (int) entry.slices().get(2);
  }

  @Override
  public Content read(Entry entry) {
    return new Content(List.of(sentences(entry).get(sentence(entry))), List.of());
  }

  @Override
  public SortedMap<String, String> hashes() {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path path : paths) {
      hashes.put(path.getFileName().toString(), DataFiles.sha256(path));
    }
    return hashes;
  }
}
