package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The words by which captions name objects of labelled kinds, such as {@code person}: person,
 * woman, boy. Names may be several words ({@code hot dog}); case and plural do not matter, and the
 * longest name counts, so that a hot dog is no dog.
 *
 * <p>Immutable, thread-safe.
 */
public final class ObjectNames {

  private static final Pattern POSSESSIVE = Pattern.compile("^'+|'s?$");

  private final Map<List<String>, String> kinds;
  private final int longest;
  private final String variant;

  private ObjectNames(Map<List<String>, String> kinds, String variant) {
    this.kinds = Map.copyOf(kinds);
    this.longest = kinds.keySet().stream().mapToInt(List::size).max().orElse(0);
    this.variant = variant;
  }

  /** Each kind under its own name only. */
  public static ObjectNames of(Collection<String> kinds) {
    Map<List<String>, String> names = new HashMap<>();
    kinds.forEach(kind -> names.put(words(kind), kind));
    return new ObjectNames(names, "objects by the names of their kinds only");
  }

  /**
   * A list of other names, as the authors of CHAIR publish one: a line a kind, names with commas
   * between them, the kind's own name first.
   *
   * @throws InputException if the file can not be read or a name stands for two kinds
   */
  public static ObjectNames read(Path file) {
    Map<List<String>, String> names = new HashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException(
          file + ": can not be read (" + e + "); give a list of names of objects", e);
    }
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      String[] line = lines.get(i).split(",", -1);
      String kind = line[0].strip().toLowerCase(Locale.ROOT);
      for (String name : line) {
        List<String> words = words(name);
        String other = words.isEmpty() ? null : names.putIfAbsent(words, kind);
        if (other != null && !other.equals(kind)) {
          throw new InputException(
              String.format(
                  Locale.ROOT,
                  "%s, line %d: \"%s\" is a name of %s already; a name can stand for one kind only.",
                  file,
                  i + 1,
                  name.strip(),
                  other));
        }
      }
    }
    return new ObjectNames(names, "names of objects of " + file.getFileName());
  }

  /** What to publish with a score. */
  String variant() {
    return variant;
  }

  /** The kind that a label means; the label itself where no name is known. */
  String kindOf(String label) {
    return kinds.getOrDefault(words(label), label.toLowerCase(Locale.ROOT));
  }

  /** The kinds that a caption names, one for each time it does. */
  public List<String> mentions(String caption) {
    List<String> words = words(caption);
    List<String> found = new ArrayList<>();
    for (int at = 0; at < words.size(); ) {
      int length = Math.min(longest, words.size() - at);
      while (length > 0 && !kinds.containsKey(words.subList(at, at + length))) {
        length--;
      }
      if (length > 0) {
        found.add(kinds.get(words.subList(at, at + length)));
      }
      at += Math.max(1, length);
    }
    return found;
  }

  /** Lower-case words in the singular, without marks. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}']+", -1)) {
      String plain = POSSESSIVE.matcher(word).replaceAll("");
      if (!plain.isEmpty()) {
        words.add(OkVqaStems.singularOf(plain));
      }
    }
    return words;
  }
}
