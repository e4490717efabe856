package io.lorgnette.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongFunction;

/**
 * Text to token ids and back, exactly as Hugging Face's fast tokenizers do it for the same {@code
 * tokenizer.json}.
 *
 * <p>The work is done by that very library (through DJL's binding); truncation and padding that the
 * file may ask for are switched off, and no neighbouring configuration file is read, so that ids
 * depend on the text and the file alone. Compared in tests with the reference's ids and texts for
 * GPT-2, OPT, CLIP, BERT, Qwen2, T5 and LLaMA kinds of tokenizer.
 *
 * <p>Immutable and thread-safe. Holds native memory until {@link #close()}; a call after that is an
 * {@link IllegalStateException}.
 */
public final class Tokenizer implements AutoCloseable {

  /** Guards the native handle: calls share it, closing waits for them. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private final TokenizersLibrary library;
  private final String name;
  private final Vocabulary vocabulary;
  private final String sha256;
  private long handle;

  private Tokenizer(
      TokenizersLibrary library, String name, Vocabulary vocabulary, String sha256, long handle) {
    this.library = library;
    this.name = name;
    this.vocabulary = vocabulary;
    this.sha256 = sha256;
    this.handle = handle;
  }

  /**
   * Loads a tokenizer: {@code tokenizer.json} where there is one, otherwise the older files of its
   * kind, made into the same definition in memory, so that ids equal those of the reference's
   * conversion. Looked for in this order: {@code tokenizer.json}; the files that {@code
   * tokenizer_class} in {@code tokenizer_config.json} or else {@code model_type} in {@code
   * config.json} asks for; {@code vocab.json} with {@code merges.txt}; {@code vocab.txt}; {@code
   * tokenizer.model}; {@code spiece.model}; the only GGUF file, of which the tokenizer is taken.
   *
   * @param fileOrDirectory a folder, a {@code tokenizer.json}, a GGUF file, or one of the older
   *     files, whose folder is then searched for what belongs to it
   * @throws InputException when there is no such file or it is not a tokenizer's
   */
  public static Tokenizer load(Path fileOrDirectory) {
    TokenizerFolder.Found found = TokenizerFolder.find(fileOrDirectory);
    return load(found.json(), found.name());
  }

  /**
   * Makes a tokenizer from the content of a {@code tokenizer.json}, for one that comes out of a
   * jar.
   *
   * @param json the whole file
   * @param name what messages call it
   * @throws InputException when the content is not a tokenizer's
   */
  public static Tokenizer load(byte[] json, String name) {
    Vocabulary vocabulary = Vocabulary.parse(json, name);
    TokenizersLibrary library = TokenizerNative.LIBRARY;
    long handle;
    try {
      handle = library.createTokenizerFromString(new String(json, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new InputException(
          name
              + ": Hugging Face tokenizers can not read it ("
              + e.getMessage()
              + "); expected the tokenizer.json of a fast tokenizer",
          e);
    }
    library.disableTruncation(handle);
    library.disablePadding(handle);
    return new Tokenizer(library, name, vocabulary, Sha256.of(json), handle);
  }

  /** Ids of the text alone, without the special tokens that the model's template adds. */
  public int[] encode(String text) {
    return withHandle(h -> ids(h, text, false));
  }

  /** Ids of the text with the special tokens of the file's template (bos, eos, CLS ...). */
  public int[] encodeWithSpecials(String text) {
    return withHandle(h -> ids(h, text, true));
  }

  /**
   * Ids of every text, without special tokens; the same as {@link #encode} of each, with fewer
   * crossings into native code.
   */
  public int[][] encodeAll(List<String> texts) {
    String[] inputs = texts.stream().map(Tokenizer::wellFormed).toArray(String[]::new);
    return withHandle(
        h -> {
          long[] encodings = library.batchEncode(h, inputs, false);
          int[][] all = new int[encodings.length][];
          for (int i = 0; i < encodings.length; i++) {
            all[i] = take(encodings[i]);
          }
          return all;
        });
  }

  /**
   * Ids with special tokens at exactly {@code length}: longer texts lose their end but keep the
   * special tokens around them, shorter ones are filled with {@code padId} on the right, as CLIP's
   * text encoder needs.
   *
   * @throws IllegalArgumentException if {@code length} has no room for the special tokens
   */
  public PaddedIds encodePadded(String text, int length, int padId) {
    return withHandle(
        h -> {
          long encoding = library.encode(h, wellFormed(text), true);
          try {
            return PaddedIds.fit(
                toInts(library.getTokenIds(encoding)),
                toInts(library.getSpecialTokenMask(encoding)),
                length,
                padId);
          } finally {
            library.deleteEncoding(encoding);
          }
        });
  }

  /**
   * The text of the ids. Ids that the vocabulary does not have are passed over, as the reference
   * does; bytes that are not UTF-8 become U+FFFD.
   *
   * @param skipSpecials whether special tokens are left out of the text
   */
  public String decode(int[] ids, boolean skipSpecials) {
    long[] wide = Arrays.stream(ids).asLongStream().toArray();
    return withHandle(h -> library.decode(h, wide, skipSpecials));
  }

  /** A decoder that takes ids one by one and gives text as soon as it is certain. */
  public StreamDecoder stream(boolean skipSpecials) {
    return new StreamDecoder(this, skipSpecials);
  }

  /** One more than the highest id: the least number of rows of an embedding for these ids. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** The id of a token as it is written in the file (byte-level tokens have their odd letters). */
  public OptionalInt idOf(String token) {
    return vocabulary.idOf(token);
  }

  /**
   * The token of an id as it is written in the file.
   *
   * @throws IllegalArgumentException if no token has this id
   */
  public String token(int id) {
    return vocabulary.token(id);
  }

  /**
   * SHA-256 of the {@code tokenizer.json}, or of the definition made from other files, in
   * lower-case hexadecimal.
   */
  public String sha256() {
    return sha256;
  }

  /** Frees the native memory, after calls in other threads have ended. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (handle != 0) {
        library.deleteTokenizer(handle);
        handle = 0;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "Tokenizer[" + name + ", " + vocabularySize() + " tokens]";
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  private int[] ids(long open, String text, boolean specials) {
    return take(library.encode(open, wellFormed(text), specials));
  }

  private int[] take(long encoding) {
    try {
      return toInts(library.getTokenIds(encoding));
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  private static int[] toInts(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private <T> T withHandle(LongFunction<T> call) {
    lock.readLock().lock();
    try {
      if (handle == 0) {
        throw new IllegalStateException("tokenizer " + name + " is closed");
      }
      return call.apply(handle);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Half a surrogate pair has no UTF-8; it becomes U+FFFD before the native border. */
  private static String wellFormed(String text) {
    boolean broken = text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    if (!broken) {
      return text;
    }
    StringBuilder mended = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
        .forEach(mended::appendCodePoint);
    return mended.toString();
  }
}
