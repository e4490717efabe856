package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Karpathy's {@code dataset_coco.json}, {@code dataset_flickr8k.json}, {@code
 * dataset_flickr30k.json} (Karpathy and Fei-Fei 2015): {@code images[]} with {@code split}, {@code
 * filename} and {@code sentences[].raw}; COCO's also has {@code cocoid} and {@code filepath}. One
 * record holds all of an image.
 */
final class KarpathyAnnotations implements Annotations {
  private final DataFiles files;
  private final Path path;
  private final RecordFile file;
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  /**
   * Reads the index.
   *
   * @param splits which parts of the file are wanted
   */
  KarpathyAnnotations(DataFiles files, Path path, Set<String> splits) {
    this.files = files;
    this.path = path;
    this.file = files.records(path);
    Json.forEach(
        file,
        "a Karpathy file with images",
        Map.of("images", (slice, place, record) -> index(slice, place, record, splits)),
        files);
  }

  private void index(long slice, String place, JsonNode record, Set<String> splits) {
    Optional<String> name = Json.text(record, "filename");
    Optional<String> split = Json.text(record, "split");
    if (name.isEmpty() || split.isEmpty() || !record.path("sentences").isArray()) {
      files.add(Kind.BROKEN_RECORD, place, "expected an image with filename, split and sentences.");
      return;
    }
    if (!splits.contains(split.get())) {
      return;
    }
    String image = Json.text(record, "filepath").map(p -> p + "/").orElse("") + name.get();
    String id = Json.text(record, "cocoid").orElse(SafeName.stem(name.get()));
    int captions = captions(record).size();
    if (!SafeName.isSafe(image)) {
      files.add(Kind.BROKEN_RECORD, place, "the file name is not a relative path.");
    } else if (!seen.add(id)) {
      files.add(Kind.DUPLICATE, place, "the image " + id + " was there before.");
    } else if (captions == 0) {
      files.add(Kind.NO_TEXT, place, "the image " + id + " has no caption with words.");
    } else {
      if (captions < record.get("sentences").size()) {
        files.add(Kind.NO_TEXT, place, "a caption of " + id + " has no words.");
      }
      entries.add(new Entry(id, image, captions, 0, Slices.of(slice)));
    }
  }

  private static List<String> captions(JsonNode record) {
    List<String> captions = new ArrayList<>();
    for (JsonNode sentence : record.get("sentences")) {
      Json.text(sentence, "raw").filter(CaptionText::hasWords).ifPresent(captions::add);
    }
    return captions;
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    return new Content(captions(Json.reread(file, entry.slices().get(0))), List.of());
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(Map.of(path.getFileName().toString(), DataFiles.sha256(path)));
  }
}
