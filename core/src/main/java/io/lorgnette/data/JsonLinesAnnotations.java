package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import java.nio.charset.StandardCharsets;
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
 * JSON lines, one image a line: {@code {"image": "a/b.jpg", "captions": ["..."], "questions":
 * [{"question": "...", "answers": ["..."]}]}}, with {@code caption} for a single one, and
 * optionally {@code image_id} and {@code split}. Lines of another split are passed over; a line
 * without split belongs to every split.
 */
final class JsonLinesAnnotations implements Annotations {
  private final Path path;
  private final RecordFile file;
  private final List<Entry> entries = new ArrayList<>();

  JsonLinesAnnotations(DataFiles files, Path path, Split split) {
    this.path = path;
    this.file = files.records(path);
    Set<String> seen = new HashSet<>();
    Lines.forEach(
        file,
        files,
        (slice, number, text) -> {
          if (!text.isBlank()) {
            String place = file.name() + ", line " + number;
            index(files, slice, place, text, split, seen);
          }
        });
  }

  private void index(
      DataFiles files, long slice, String place, String text, Split split, Set<String> seen) {
    Optional<JsonNode> line = Json.object(text.getBytes(StandardCharsets.UTF_8));
    Optional<String> image = line.flatMap(l -> Json.text(l, "image")).filter(SafeName::isSafe);
    if (line.isEmpty() || image.isEmpty()) {
      files.add(
          Kind.BROKEN_RECORD, place, "expected a JSON object with the relative path of an image.");
      return;
    }
    if (!ImageJson.isOf(line.get(), split)) {
      return;
    }
    String id = Json.text(line.get(), "image_id").orElse(image.get());
    Content content = ImageJson.content(line.get(), id);
    if (!seen.add(id)) {
      files.add(Kind.DUPLICATE, place, "the image " + id + " was there before; make it one line.");
    } else if (ImageJson.isEmpty(content)) {
      files.add(Kind.NO_TEXT, place, "the image " + id + " has no caption or question with words.");
    } else {
      ImageJson.reportWordless(line.get(), id, place, files);
      entries.add(ImageJson.entry(id, image.get(), content, slice));
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    return ImageJson.content(Json.reread(file, entry.slices().get(0)), entry.id());
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(Map.of(path.getFileName().toString(), DataFiles.sha256(path)));
  }
}
