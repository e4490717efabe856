package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files of one row a text, in a {@link RowFormat}, gathered by image. */
final class RowAnnotations implements Annotations {
  private final DataFiles files;
  private final Path path;
  private final RecordFile file;
  private final RowFormat format;
  private final Map<String, Image> images = new LinkedHashMap<>();
  private final Set<String> ids = new HashSet<>();
  private final List<Entry> entries = new ArrayList<>();

  /** An image while the index is made. */
  private static final class Image {
    final String name;
    final LongList rows = new LongList();
    int captions;
    int questions;

    Image(String name) {
      this.name = name;
    }
  }

  RowAnnotations(DataFiles files, Path path, RowFormat format) {
    this.files = files;
    this.path = path;
    this.file = files.records(path);
    this.format = format;
    String what = "rows, each " + format.what();
    switch (format.container()) {
      case FIELD -> Json.forEach(file, what, Map.of(format.list(), this::index), files);
      case LIST -> Json.forEachOfList(file, what, this::index, files);
      case MEMBERS -> Json.forEachMember(file, what, this::index, files);
    }
    images.forEach(
        (id, image) -> {
          if (image.rows.size() == 0) {
            files.add(Kind.NO_TEXT, image.name, "the image has no usable caption or question.");
          } else {
            entries.add(
                new Entry(id, image.name, image.captions, image.questions, image.rows.toSlices()));
          }
        });
    images.clear();
    ids.clear();
  }

  private void index(long slice, String place, JsonNode record) {
    Optional<RowFormat.Row> found = format.row(record).filter(row -> SafeName.isSafe(row.image()));
    if (found.isEmpty()) {
      files.add(Kind.BROKEN_RECORD, place, "expected " + format.what() + ".");
      return;
    }
    RowFormat.Row row = found.get();
    Image image = images.computeIfAbsent(row.imageId(), id -> new Image(row.image()));
    int captions = captions(row).size();
    if (!row.id().map(ids::add).orElse(true)) {
      files.add(Kind.DUPLICATE, place, "the id " + row.id().orElseThrow() + " was there before.");
    } else if (captions == 0 && row.question().isEmpty()) {
      files.add(Kind.NO_TEXT, place, "the caption has no words.");
    } else {
      image.rows.add(slice);
      image.captions += captions;
      image.questions += row.question().isPresent() ? 1 : 0;
    }
  }

  private static List<String> captions(RowFormat.Row row) {
    return row.captions().stream().filter(CaptionText::hasWords).toList();
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    List<String> captions = new ArrayList<>();
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < entry.slices().size(); i++) {
      long slice = entry.slices().get(i);
      JsonNode record =
          format.container() == RowFormat.Container.MEMBERS
              ? Json.rereadMember(file, slice)
              : Json.reread(file, slice);
      RowFormat.Row row = format.row(record).orElseThrow();
      captions.addAll(captions(row));
      row.question().ifPresent(questions::add);
    }
    return new Content(captions, questions);
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(Map.of(path.getFileName().toString(), DataFiles.sha256(path)));
  }
}
