package io.lorgnette.data;

import io.lorgnette.data.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Conceptual Captions (Sharma et al. 2018): lines {@code caption<TAB>address}, no header, quotes
 * mean nothing. The address is not opened: whoever fetched the photos named them by the number of
 * their line, counted from 0, by a pattern of {@link ImageNames}.
 */
final class Cc3mAnnotations implements Annotations {
  private final Path path;
  private final RecordFile file;
  private final List<Entry> entries = new ArrayList<>();

  Cc3mAnnotations(DataFiles files, Path path, ImageNames names) {
    this.path = path;
    this.file = files.records(path);
    Lines.forEach(
        file,
        files,
        (slice, number, text) -> {
          String place = file.name() + ", line " + number;
          int tab = text.lastIndexOf('\t');
          if (tab < 0) {
            files.add(Kind.BROKEN_RECORD, place, "expected a caption, a tab, and an address.");
          } else if (!CaptionText.hasWords(text.substring(0, tab))) {
            files.add(Kind.NO_TEXT, place, "the caption has no words.");
          } else {
            String id = Integer.toString(number - 1);
            entries.add(new Entry(id, names.of(id, Map.of()), 1, 0, Slices.of(slice)));
          }
        });
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    String line = new String(file.read(entry.slices().get(0)), StandardCharsets.UTF_8);
    return new Content(List.of(line.substring(0, line.lastIndexOf('\t'))), List.of());
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(Map.of(path.getFileName().toString(), DataFiles.sha256(path)));
  }
}
