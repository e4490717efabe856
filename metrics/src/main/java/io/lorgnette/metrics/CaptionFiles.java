package io.lorgnette.metrics;

import com.fasterxml.jackson.core.JsonToken;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads references and results of captioning: COCO annotation files, COCO result files ({@code
 * [{"image_id": 1, "caption": "..."}]}) and JSON lines ({@code {"image": "a.jpg", "caption":
 * "..."}}), plain or gzip. Ids are numbers or texts and are kept as texts.
 */
public final class CaptionFiles {

  /**
   * References and results that belong together.
   *
   * @param references captions by image, in the order of the file
   * @param results one caption by image
   */
  public record Captions(Map<String, List<String>> references, Map<String, String> results) {}

  private static final class Entry {
    String image;
    String caption;
    String annotation;
    boolean isDataSet;
  }

  private CaptionFiles() {}

  /**
   * Reads both files and checks that they cover the same images.
   *
   * @throws InputException naming file and place if a file is damaged, an image is unknown or comes
   *     twice, or an evaluated image has no references or no result
   */
  public static Captions read(Path references, Path results, Evaluated evaluated) {
    Captions captions = new Captions(readReferences(references), readResults(results));
    evaluated.select(
        captions.references().keySet(),
        references.toString(),
        captions.results().keySet(),
        results.toString(),
        "image");
    return captions;
  }

  /**
   * Reads the captions of each image. Images without a caption are left out.
   *
   * @throws InputException if the file is damaged, or a caption names an unknown image
   */
  public static Map<String, List<String>> readReferences(Path path) {
    return JsonFile.read(path, CaptionFiles::readReferences);
  }

  /**
   * Reads one caption for each image.
   *
   * @throws InputException if the file is damaged, or an image has two captions
   */
  public static Map<String, String> readResults(Path path) {
    return JsonFile.read(path, CaptionFiles::readResults);
  }

  /**
   * What a COCO annotation file says about the images, by image id; empty for JSON lines.
   *
   * @param field such as {@code file_name}, or nocaps' {@code domain}; images without it are left
   *     out
   * @throws InputException if the file is damaged
   */
  public static Map<String, String> readImageField(Path path, String field) {
    return JsonFile.read(
        path,
        file -> {
          Map<String, String> values = new LinkedHashMap<>();
          if (file.next() == JsonToken.START_OBJECT) {
            file.fields(
                list -> {
                  if (list.equals("images") && file.atList()) {
                    file.elements(() -> readImageField(file, field, values));
                  } else {
                    file.skip();
                  }
                });
          }
          return values;
        });
  }

  private static void readImageField(JsonFile file, String field, Map<String, String> values)
      throws IOException {
    String[] image = {null, null};
    file.fields(
        name -> {
          if (name.equals("id")) {
            image[0] = file.id(name);
          } else if (name.equals(field) && file.atText()) {
            image[1] = file.text(name);
          } else {
            file.skip();
          }
        });
    if (image[0] != null && image[1] != null) {
      values.put(image[0], image[1]);
    }
  }

  private static Map<String, List<String>> readReferences(JsonFile file) throws IOException {
    Map<String, List<String>> references = new LinkedHashMap<>();
    DataSet dataSet = new DataSet(file, references);
    JsonToken first = file.next();
    if (first == JsonToken.START_ARRAY) {
      file.elements(() -> dataSet.addCaption(readEntry(file, dataSet)));
      file.end();
    } else {
      for (JsonToken token = first; token != null; token = file.next()) {
        String place = file.here();
        Entry entry = readEntry(file, dataSet);
        if (!entry.isDataSet) {
          dataSet.add(entry, place);
        }
      }
    }
    dataSet.finish();
    return references;
  }

  private static Map<String, String> readResults(JsonFile file) throws IOException {
    Map<String, String> results = new LinkedHashMap<>();
    JsonToken first = file.next();
    if (first == JsonToken.START_ARRAY) {
      file.elements(() -> addResult(file, results));
      file.end();
    } else {
      for (JsonToken token = first; token != null; token = file.next()) {
        addResult(file, results);
      }
    }
    if (results.isEmpty()) {
      throw file.error("no captions; expected [{\"image_id\": ..., \"caption\": ...}, ...]");
    }
    return results;
  }

  private static void addResult(JsonFile file, Map<String, String> results) throws IOException {
    String place = file.here();
    Entry entry = readEntry(file, null);
    if (entry.isDataSet) {
      throw file.error(
          place,
          "this is an annotation file with references; expected results,"
              + " [{\"image_id\": ..., \"caption\": ...}, ...]");
    }
    check(file, entry, place);
    if (results.putIfAbsent(entry.image, entry.caption) != null) {
      throw file.error(
          place, "image " + entry.image + " has a second caption; expected one for each image");
    }
  }

  private static void check(JsonFile file, Entry entry, String place) {
    if (entry.image == null) {
      throw file.error(place, "\"image_id\" is missing; expected \"image_id\" or \"image\"");
    }
    if (entry.caption == null) {
      throw file.error(place, "\"caption\" of image " + entry.image + " is missing");
    }
  }

  /** Reads an object: a caption, or (into {@code dataSet}) a whole annotation file. */
  private static Entry readEntry(JsonFile file, DataSet dataSet) throws IOException {
    Entry entry = new Entry();
    file.fields(
        name -> {
          switch (name) {
            case "image_id" -> entry.image = file.id(name);
            case "image" -> entry.image = entry.image == null ? file.id(name) : entry.image;
            case "caption" -> entry.caption = file.text(name);
            case "id" -> entry.annotation = file.id(name);
            case "images", "annotations" -> {
              entry.isDataSet = true;
              if (dataSet == null) {
                file.skip();
              } else {
                dataSet.read(name);
              }
            }
            default -> file.skip();
          }
        });
    return entry;
  }

  /** What is being read from a reference file. */
  private static final class DataSet {
    private final JsonFile file;
    private final Map<String, List<String>> references;
    private final Map<String, String> firstCaptions = new LinkedHashMap<>();
    private final Set<String> annotations = new HashSet<>();
    private Set<String> images;

    DataSet(JsonFile file, Map<String, List<String>> references) {
      this.file = file;
      this.references = references;
    }

    void read(String list) throws IOException {
      if (list.equals("images")) {
        images = new HashSet<>();
        file.elements(this::readImage);
      } else {
        file.elements(() -> addCaption(readEntry(file, this)));
      }
    }

    private void readImage() throws IOException {
      String place = file.here();
      String[] id = {null};
      file.fields(
          name -> {
            if (name.equals("id")) {
              id[0] = file.id(name);
            } else {
              file.skip();
            }
          });
      if (id[0] == null) {
        throw file.error(place, "\"id\" of the image is missing");
      }
      if (!images.add(id[0])) {
        throw file.error(place, "image " + id[0] + " is listed a second time");
      }
    }

    void addCaption(Entry entry) {
      add(entry, file.here());
    }

    void add(Entry entry, String place) {
      check(file, entry, place);
      if (entry.annotation != null && !annotations.add(entry.annotation)) {
        throw file.error(place, "annotation id " + entry.annotation + " occurs a second time");
      }
      firstCaptions.putIfAbsent(entry.image, place);
      references.computeIfAbsent(entry.image, image -> new ArrayList<>()).add(entry.caption);
    }

    void finish() {
      if (references.isEmpty()) {
        throw file.error("no captions; expected a COCO annotation file or JSON lines");
      }
      if (images != null) {
        firstCaptions.forEach(
            (image, place) -> {
              if (!images.contains(image)) {
                throw file.error(
                    place, "image " + image + " has a caption but is not in the list \"images\"");
              }
            });
      }
    }
  }
}
