package io.lorgnette.data;

import io.lorgnette.data.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Flickr8k's and Flickr30k's own files (Hodosh, Young, Hockenmaier 2013): lines {@code
 * NAME.jpg#N<TAB>caption}, and a list of the file names of one split. Captions of images outside
 * the list belong to another split and are passed over.
 */
final class TokenFileAnnotations implements Annotations {
  private static final Pattern LINE = Pattern.compile("([^#\\t]+)#([0-9]{1,3})\\t(.*)");

  private final Path tokens;
  private final Path list;
  private final RecordFile file;
  private final List<Entry> entries = new ArrayList<>();

  TokenFileAnnotations(DataFiles files, Path tokens, Path list) {
    this.tokens = tokens;
    this.list = list;
    Map<String, LongList> wanted = new LinkedHashMap<>();
    RecordFile names = files.records(list);
    Lines.forEach(
        names,
        files,
        (slice, number, text) -> {
          String line = text.strip();
          // Flickr30k's lists are often of ids, without the ending.
          String name = line.isEmpty() || line.indexOf('.') >= 0 ? line : line + ".jpg";
          String place = names.name() + ", line " + number;
          if (name.isEmpty()) {
            return;
          }
          if (!SafeName.isSafe(name)) {
            files.add(Kind.BROKEN_RECORD, place, "expected the name of an image file.");
          } else if (wanted.putIfAbsent(name, new LongList()) != null) {
            files.add(Kind.DUPLICATE, place, "the image " + name + " was there before.");
          }
        });
    this.file = files.records(tokens);
    Set<String> seen = new HashSet<>();
    Lines.forEach(
        file, files, (slice, number, text) -> index(files, wanted, seen, slice, number, text));
    wanted.forEach(
        (name, captions) -> {
          if (captions.size() == 0) {
            files.add(Kind.NO_TEXT, name, "there is no caption for it in " + file.name() + ".");
          } else {
            entries.add(
                new Entry(SafeName.stem(name), name, captions.size(), 0, captions.toSlices()));
          }
        });
  }

  private void index(
      DataFiles files,
      Map<String, LongList> wanted,
      Set<String> seen,
      long slice,
      int number,
      String text) {
    if (text.isBlank()) {
      return;
    }
    String place = file.name() + ", line " + number;
    Matcher matcher = LINE.matcher(text);
    if (!matcher.matches()) {
      files.add(Kind.BROKEN_RECORD, place, "expected NAME.jpg#N, a tab, and a caption.");
      return;
    }
    LongList captions = wanted.get(matcher.group(1));
    if (captions == null) {
      return;
    }
    if (!seen.add(matcher.group(1) + "#" + matcher.group(2))) {
      files.add(
          Kind.DUPLICATE,
          place,
          "caption " + matcher.group(2) + " of " + matcher.group(1) + " was there before.");
    } else if (!CaptionText.hasWords(matcher.group(3))) {
      files.add(Kind.NO_TEXT, place, "the caption has no words.");
    } else {
      captions.add(slice);
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < entry.captions(); i++) {
      String line = new String(file.read(entry.slices().get(i)), StandardCharsets.UTF_8);
      captions.add(line.substring(line.indexOf('\t') + 1));
    }
    return new Content(captions, List.of());
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(
        Map.of(
            tokens.getFileName().toString(), DataFiles.sha256(tokens),
            list.getFileName().toString(), DataFiles.sha256(list)));
  }
}
