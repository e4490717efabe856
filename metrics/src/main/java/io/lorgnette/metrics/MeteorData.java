package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The word lists that METEOR needs: function words, words that keep a full stop, synonyms and
 * paraphrases. They are not part of this library; the Python package {@code pycocoevalcap} has them
 * in its folder {@code meteor}.
 *
 * <p>Immutable, thread-safe. The paraphrases take about 100 MB and some seconds to read.
 */
public final class MeteorData {

  /** The name of the score that papers report. */
  public static final String METEOR = "METEOR";

  private final String name;
  private final MeteorNormalizer normalizer;
  private final Set<String> functionWords;
  private final MeteorSynonyms synonyms;
  private final MeteorParaphrases paraphrases;

  private MeteorData(
      String name,
      MeteorNormalizer normalizer,
      Set<String> functionWords,
      MeteorSynonyms synonyms,
      MeteorParaphrases paraphrases) {
    this.name = name;
    this.normalizer = normalizer;
    this.functionWords = functionWords;
    this.synonyms = synonyms;
    this.paraphrases = paraphrases;
  }

  /** Nothing at hand: words match exactly or by their stem, and all weigh the same. */
  public static MeteorData none() {
    return new MeteorData(
        METEOR + " (exact, stem)",
        new MeteorNormalizer(Set.of(), Set.of()),
        Set.of(),
        MeteorSynonyms.none(),
        MeteorParaphrases.none());
  }

  /**
   * Reads a folder with {@code meteor-1.5.jar}, of which only the word lists are read, or with
   * these lists unpacked ({@code function/english.words}, {@code nonbreaking/english.prefixes},
   * {@code synonym/english.synsets}, {@code synonym/english.exceptions}), and with {@code
   * data/paraphrase-en.gz}. Without the latter the score has another name.
   *
   * @throws InputException if a list is missing or damaged
   */
  public static MeteorData load(Path folder) {
    try {
      Path jar = jar(folder);
      if (jar == null) {
        return read(folder, folder);
      }
      try (FileSystem files = FileSystems.newFileSystem(jar)) {
        return read(files.getPath("/"), folder);
      }
    } catch (IOException | UnsupportedOperationException | NumberFormatException e) {
      throw new InputException(folder + ": METEOR's data can not be read (" + e + ").", e);
    }
  }

  private static Path jar(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + " is not a folder; give the one that holds METEOR's data.");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(?i)meteor-1\\.5.*\\.jar"))
          .sorted()
          .findFirst()
          .orElse(null);
    }
  }

  private static MeteorData read(Path lists, Path folder) throws IOException {
    Set<String> prefixes = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    for (String line : lines(lists.resolve("nonbreaking/english.prefixes"), folder)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        (line.contains("#NUMERIC_ONLY#") ? numbers : prefixes).add(line.split("\\s", 2)[0]);
      }
    }
    Set<String> function = Set.copyOf(lines(lists.resolve("function/english.words"), folder));
    MeteorSynonyms synonyms;
    try (BufferedReader synsets = open(lists.resolve("synonym/english.synsets"), folder);
        BufferedReader exceptions = open(lists.resolve("synonym/english.exceptions"), folder)) {
      synonyms = MeteorSynonyms.read(synsets, exceptions, folder.toString());
    }
    Path table = folder.resolve("data/paraphrase-en.gz");
    boolean complete = Files.exists(table);
    return new MeteorData(
        complete ? METEOR : METEOR + " (exact, stem, synonym)",
        new MeteorNormalizer(prefixes, numbers),
        function,
        synonyms,
        complete ? paraphrases(table) : MeteorParaphrases.none());
  }

  private static List<String> lines(Path file, Path folder) throws IOException {
    try (BufferedReader in = open(file, folder)) {
      return in.lines().toList();
    }
  }

  private static BufferedReader open(Path file, Path folder) throws IOException {
    if (!Files.exists(file)) {
      throw new InputException(
          folder
              + " holds no METEOR data: "
              + file
              + " is missing; give the folder \"meteor\" of the Python package pycocoevalcap.");
    }
    return Files.newBufferedReader(file, StandardCharsets.UTF_8);
  }

  private static MeteorParaphrases paraphrases(Path table) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(table), 1 << 16);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16)) {
      return MeteorParaphrases.read(reader, table.toString());
    }
  }

  /** The name of the score that these lists give; only {@link #METEOR} compares with papers. */
  public String name() {
    return name;
  }

  /** What to publish with the score. */
  String variant() {
    if (name.equals(METEOR)) {
      return "1.5, English, all modules";
    }
    return functionWords.isEmpty()
        ? "1.5 without its word lists, all words of one weight; compares with no published METEOR"
        : "1.5 without paraphrases; compares with no published METEOR";
  }

  MeteorNormalizer normalizer() {
    return normalizer;
  }

  Set<String> functionWords() {
    return functionWords;
  }

  MeteorSynonyms synonyms() {
    return synonyms;
  }

  MeteorParaphrases paraphrases() {
    return paraphrases;
  }
}
