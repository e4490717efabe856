package io.lorgnette.text;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text as token ids on disk, packed end to end for pre-training a language model.
 *
 * <p>A folder with {@code corpus.json} and two files per source, {@code NAME.train.u16} and {@code
 * NAME.validation.u16}: ids as unsigned 16-bit little-endian numbers, every document followed by
 * the end-of-document id. The files are memory-mapped, so a corpus may be larger than the heap.
 * Training draws random windows ({@link #sampler}); validation walks the held-out documents of each
 * source in order ({@link #validationWindow}).
 *
 * <p>Immutable and thread-safe once open.
 */
public final class PackedCorpus {

  /** Which documents of a source. */
  public enum Part {
    TRAIN,
    VALIDATION
  }

  /** Told how far a build has come; called often, always in the building thread. */
  @FunctionalInterface
  public interface BuildListener {
    void packed(String source, long documents, long tokens);
  }

  private final Path folder;
  private final PackedIndex index;
  private final Map<String, PackedIndex.SourceEntry> entries = new LinkedHashMap<>();
  private final Map<String, TokenFile> train = new LinkedHashMap<>();
  private final Map<String, TokenFile> validation = new LinkedHashMap<>();

  private PackedCorpus(Path folder, PackedIndex index) {
    this.folder = folder;
    this.index = index;
    for (PackedIndex.SourceEntry source : index.sources()) {
      entries.put(source.name(), source);
      train.put(source.name(), TokenFile.map(folder.resolve(source.train().file())));
      validation.put(source.name(), TokenFile.map(folder.resolve(source.validation().file())));
    }
  }

  /**
   * Encodes the sources with all processors and writes the packed corpus; the folder appears, or is
   * replaced, only when everything is written.
   *
   * @param folder new, empty, or an earlier packed corpus, which is then replaced
   * @param endOfDocument id put after every document
   * @throws InputException when a source can not be read, or the folder holds something else
   * @throws IllegalArgumentException when ids do not fit into 16 bits or a source's name comes
   *     twice
   */
  public static PackedCorpus build(
      Path folder,
      Tokenizer tokenizer,
      int endOfDocument,
      List<TextSource> sources,
      BuildListener listener) {
    new PackedCorpusBuilder(tokenizer, endOfDocument, listener).build(folder, sources);
    return open(folder);
  }

  /**
   * Opens a packed corpus.
   *
   * @throws InputException when a file is missing or has another size than the index says
   */
  public static PackedCorpus open(Path folder) {
    return new PackedCorpus(folder, PackedIndex.read(folder));
  }

  /** Names of the sources, in the order in which they were given. */
  public List<String> sources() {
    return new ArrayList<>(entries.keySet());
  }

  /** Ids in a part of a source, ends of documents included. */
  public long tokens(String source, Part part) {
    return entry(source).part(part).tokens();
  }

  /** Documents in a part of a source. */
  public long documents(String source, Part part) {
    return entry(source).part(part).documents();
  }

  /**
   * UTF-8 bytes of the text in a part of a source, without the ends of documents: divide a summed
   * loss in bits by it and models with other tokenizers can be compared.
   */
  public long bytes(String source, Part part) {
    return entry(source).part(part).bytes();
  }

  /** Hash of the tokenizer file that gave the ids. */
  public String tokenizerSha256() {
    return index.tokenizerSha256();
  }

  /** Rows that an embedding for these ids needs. */
  public int vocabularySize() {
    return index.vocabularySize();
  }

  /** The id after every document. */
  public int endOfDocument() {
    return index.endOfDocument();
  }

  /** Hash over all ids and their division into sources; a resumed run compares it. */
  public String identity() {
    MessageDigest digest = Sha256.digest();
    for (PackedIndex.SourceEntry source : index.sources()) {
      String line =
          source.name()
              + " "
              + source.train().sha256()
              + " "
              + source.validation().sha256()
              + " "
              + index.endOfDocument()
              + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.hex(digest);
  }

  /**
   * Random training windows.
   *
   * @param weights for each source its share of the windows; need not sum to one; a source that is
   *     not named is not used
   * @throws InputException when a named source does not exist or all weights are zero
   */
  public WindowSampler sampler(Map<String, Double> weights) {
    for (String name : weights.keySet()) {
      entry(name);
    }
    // In the corpus' own order, so that the order of the caller's map does not change the draws.
    Map<String, TokenFile> files = new LinkedHashMap<>(train);
    files.keySet().retainAll(weights.keySet());
    return new WindowSampler(folder, files, weights);
  }

  /**
   * How many windows of this length the held-out documents of a source give.
   *
   * @param length ids in a window, at least 2
   */
  public long validationWindows(String source, int length) {
    if (length < 2) {
      throw new IllegalArgumentException(
          "a window of " + length + " ids has nothing to predict; expected at least 2");
    }
    return Math.max(0, (tokens(source, Part.VALIDATION) - 1) / (length - 1));
  }

  /**
   * Copies one validation window. A window starts with the last id of the one before, so that
   * predicting ids 2 to {@code length} of every window meets each id once.
   *
   * @param window from 0 to below {@link #validationWindows}
   * @param out receives {@code length} ids from {@code offset} on
   */
  public void validationWindow(String source, long window, int length, long[] out, int offset) {
    long windows = validationWindows(source, length);
    if (window < 0 || window >= windows) {
      throw new IndexOutOfBoundsException(
          source + " has " + windows + " windows of " + length + " ids, asked for " + window);
    }
    validation.get(source).copy(window * (length - 1), length, out, offset);
  }

  private PackedIndex.SourceEntry entry(String source) {
    PackedIndex.SourceEntry entry = entries.get(source);
    if (entry == null) {
      throw new InputException(
          folder + ": has no source \"" + source + "\"; expected one of " + entries.keySet());
    }
    return entry;
  }

  @Override
  public String toString() {
    return "PackedCorpus[" + folder + ", " + entries.keySet() + "]";
  }
}
