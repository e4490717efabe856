package io.lorgnette.data;

import io.lorgnette.data.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DAQUAR (Malinowski and Fritz 2014): a line with a question that ends in {@code in the imageN ?},
 * then a line with the answer, several things with commas between them and {@code _} for spaces.
 *
 * <p>The tail that names the image is removed from the question. One person answered each question,
 * so there is one answer, its things joined by {@code ", "}. Ids are {@code imageN#i}, i counted
 * from 0 for each image.
 */
final class DaquarAnnotations implements Annotations {
  private static final Pattern QUESTION =
      Pattern.compile("(.*?)(?: (?:in|on|of))?(?: (?:the|this))? (image[0-9]{1,9}) ?\\?\\s*");

  private final Path path;
  private final RecordFile file;
  private final List<Entry> entries = new ArrayList<>();

  DaquarAnnotations(DataFiles files, Path path, String imageEnding) {
    this.path = path;
    this.file = files.records(path);
    Map<String, LongList> images = new LinkedHashMap<>();
    // The question that waits for its answer line: its slice, and the image it is about.
    long[] question = {Slice.NONE};
    String[] image = {null};
    Lines.forEach(
        file,
        files,
        (slice, number, text) -> {
          Matcher matcher = QUESTION.matcher(text);
          boolean asks = matcher.matches();
          String place = file.name() + ", line " + number;
          if (question[0] == Slice.NONE) {
            if (asks) {
              question[0] = slice;
              image[0] = matcher.group(2);
            } else if (!text.isBlank()) {
              files.add(
                  Kind.BROKEN_RECORD,
                  place,
                  "expected a question that ends in \"in the imageN ?\".");
            }
            return;
          }
          if (asks || text.isBlank()) {
            files.add(Kind.BROKEN_RECORD, place, "expected the answer to the line before.");
            question[0] = asks ? slice : Slice.NONE;
            image[0] = asks ? matcher.group(2) : null;
            return;
          }
          LongList of = images.computeIfAbsent(image[0], key -> new LongList());
          of.add(question[0]);
          of.add(slice);
          question[0] = Slice.NONE;
        });
    if (question[0] != Slice.NONE) {
      files.add(Kind.BROKEN_RECORD, file.name(), "the last question has no answer line.");
    }
    images.forEach(
        (id, pairs) ->
            entries.add(new Entry(id, id + imageEnding, 0, pairs.size() / 2, pairs.toSlices())));
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Content read(Entry entry) {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < entry.slices().size(); i += 2) {
      String id = entry.id() + "#" + i / 2;
      String answer = line(entry.slices().get(i + 1));
      questions.add(
          new Question(
              id, questionText(line(entry.slices().get(i))), "", "", List.of(plain(answer))));
    }
    return new Content(List.of(), questions);
  }

  private String line(long slice) {
    return new String(file.read(slice), StandardCharsets.UTF_8).strip();
  }

  private static String questionText(String line) {
    Matcher matcher = QUESTION.matcher(line);
    return matcher.matches() ? matcher.group(1) + " ?" : line;
  }

  private static String plain(String answer) {
    List<String> things = new ArrayList<>();
    for (String thing : answer.split(",", -1)) {
      if (!thing.isBlank()) {
        things.add(thing.strip().replace('_', ' '));
      }
    }
    return String.join(", ", things);
  }

  @Override
  public SortedMap<String, String> hashes() {
    return new TreeMap<>(Map.of(path.getFileName().toString(), DataFiles.sha256(path)));
  }
}
