package io.lorgnette.metrics;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * In how many images of a corpus an n-gram occurs, for a CIDEr whose weights stay the same on any
 * evaluated subset.
 *
 * <p>As a file: {@code {"images": 5000, "ngrams": {"a": 4990, "a dog": 312, ...}}}.
 *
 * @param name what to publish with a score: which corpus this is
 * @param images the number of images counted, at least 1
 * @param counts by n-gram, its 1 to 4 words separated by single blanks; none above {@code images}
 */
public record DocumentFrequencies(String name, long images, Map<String, Integer> counts) {

  public DocumentFrequencies {
    if (images < 1) {
      throw new InputException(
          name + ": document frequencies of " + images + " images; expected at least one image.");
    }
    counts = Map.copyOf(counts);
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      if (entry.getValue() > images) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "%s: \"%s\" is counted in %d images but the table has only %d; recount it.",
                name,
                entry.getKey(),
                entry.getValue(),
                images));
      }
      if (entry.getKey().split(" ", -1).length > NGrams.ORDERS) {
        throw new InputException(
            String.format(
                Locale.ROOT,
                "%s: \"%s\" has more than %d words; CIDEr has no use for it, so the table is another's.",
                name,
                entry.getKey(),
                NGrams.ORDERS));
      }
    }
  }

  /**
   * Counts the references of a corpus.
   *
   * @param name of the corpus
   * @param references captions by image
   */
  public static DocumentFrequencies ofReferences(
      String name, Map<String, ? extends List<String>> references, CaptionTokens tokens) {
    Map<String, Integer> counts = new HashMap<>();
    for (List<String> captions : references.values()) {
      grams(captions, tokens).forEach(gram -> counts.merge(gram, 1, Integer::sum));
    }
    return new DocumentFrequencies(name, references.size(), counts);
  }

  /**
   * What one image counts for: the n-grams of its captions, each once, 1 to 4 words separated by
   * single blanks.
   */
  public static Set<String> grams(List<String> captions, CaptionTokens tokens) {
    Set<String> grams = new HashSet<>();
    captions.forEach(caption -> addGrams(PythonText.split(tokens.apply(caption)), grams));
    return grams;
  }

  private static void addGrams(List<String> words, Set<String> grams) {
    Deque<String> last = new ArrayDeque<>();
    for (String word : words) {
      last.addLast(word);
      if (last.size() > NGrams.ORDERS) {
        last.removeFirst();
      }
      Deque<String> gram = new ArrayDeque<>();
      last.descendingIterator()
          .forEachRemaining(
              earlier -> {
                gram.addFirst(earlier);
                grams.add(String.join(" ", gram));
              });
    }
  }

  /**
   * Reads a table; its name is the file's.
   *
   * @throws InputException if the file is not such a table
   */
  public static DocumentFrequencies read(Path path) {
    return JsonFile.read(path, DocumentFrequencies::read);
  }

  private static DocumentFrequencies read(JsonFile file) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    long[] images = {-1};
    file.next();
    file.fields(
        name -> {
          switch (name) {
            case "images" -> images[0] = file.count(name);
            case "ngrams" -> file.fields(gram -> counts.put(gram, (int) file.count(gram)));
            default -> file.skip();
          }
        });
    if (images[0] < 0 || counts.isEmpty()) {
      throw file.error(
          "expected {\"images\": number, \"ngrams\": {n-gram: number of images, ...}}");
    }
    return new DocumentFrequencies(file.path().toString(), images[0], counts);
  }

  /** Writes the table, n-grams in order, replacing {@code path} only when all is written. */
  public void write(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      Path temporary =
          Files.createTempFile(absolute.getParent(), path.getFileName().toString(), ".tmp");
      try (JsonGenerator out =
          new JsonFactory().createGenerator(temporary.toFile(), JsonEncoding.UTF8)) {
        out.writeStartObject();
        out.writeNumberField("images", images);
        out.writeObjectFieldStart("ngrams");
        for (Map.Entry<String, Integer> entry : new TreeMap<>(counts).entrySet()) {
          out.writeNumberField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
        out.writeEndObject();
      }
      Files.move(
          temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + path, e);
    }
  }
}
