package io.lorgnette.text;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Writes a {@link PackedCorpus}: one thread reads documents and writes ids in their order, a pool
 * encodes chunks of documents in between.
 */
final class PackedCorpusBuilder {

  /** Characters in a chunk: large enough that handing it over costs nothing. */
  private static final int CHUNK_CHARS = 1 << 17;

  private final Tokenizer tokenizer;
  private final int endOfDocument;
  private final PackedCorpus.BuildListener listener;
  private final int threads = Runtime.getRuntime().availableProcessors();

  PackedCorpusBuilder(Tokenizer tokenizer, int endOfDocument, PackedCorpus.BuildListener listener) {
    if (tokenizer.vocabularySize() > 1 << 16) {
      throw new IllegalArgumentException(
          tokenizer + " has ids above 65535; a packed corpus stores ids in 16 bits");
    }
    if (endOfDocument < 0 || endOfDocument >= tokenizer.vocabularySize()) {
      throw new IllegalArgumentException(
          "the end-of-document id " + endOfDocument + " is not in " + tokenizer);
    }
    this.tokenizer = tokenizer;
    this.endOfDocument = endOfDocument;
    this.listener = listener;
  }

  void build(Path folder, List<TextSource> sources) {
    List<String> names = sources.stream().map(TextSource::name).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("two sources have the same name: " + names);
    }
    checkReplaceable(folder);
    Path target = folder.toAbsolutePath();
    Path partial = null;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Files.createDirectories(target.getParent());
      partial = Files.createTempDirectory(target.getParent(), target.getFileName() + ".part");
      List<PackedIndex.SourceEntry> entries = new ArrayList<>();
      for (TextSource source : sources) {
        entries.add(new SourceWriter(partial, source, pool).write());
      }
      new PackedIndex(
              PackedIndex.FORMAT,
              tokenizer.sha256(),
              tokenizer.vocabularySize(),
              endOfDocument,
              entries)
          .write(partial);
      delete(target);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InputException(
          folder + ": the packed corpus can not be written (" + e.getMessage() + ")", e);
    } finally {
      pool.shutdownNow();
      deleteQuietly(partial);
    }
  }

  private static void checkReplaceable(Path folder) {
    if (!Files.exists(folder) || Files.isRegularFile(folder.resolve(PackedIndex.FILE_NAME))) {
      return;
    }
    boolean empty = false;
    if (Files.isDirectory(folder)) {
      try (Stream<Path> content = Files.list(folder)) {
        empty = content.findAny().isEmpty();
      } catch (IOException e) {
        throw new InputException(folder + ": can not be read (" + e.getMessage() + ")", e);
      }
    }
    if (!empty) {
      throw new InputException(
          folder + ": exists and is not a packed corpus; name a new or empty folder");
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> content = Files.walk(tree)) {
      for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void deleteQuietly(Path partial) {
    try {
      if (partial != null) {
        delete(partial);
      }
    } catch (IOException e) {
      // What made the build fail is already on its way and matters more than a left-over folder.
    }
  }

  /** One encoded document of a chunk. */
  @SuppressWarnings("ArrayRecordComponent") // Passed from one thread to another and never compared.
  private record Encoded(boolean heldOut, int[] ids, int bytes) {}

  private List<Encoded> encode(List<String> documents, double heldOut) {
    List<Encoded> chunk = new ArrayList<>(documents.size());
    for (String document : documents) {
      byte[] utf8 = document.getBytes(StandardCharsets.UTF_8);
      int[] ids = tokenizer.encode(document);
      int[] ended = Arrays.copyOf(ids, ids.length + 1);
      ended[ids.length] = endOfDocument;
      chunk.add(new Encoded(isHeldOut(utf8, heldOut), ended, utf8.length));
    }
    return chunk;
  }

  private static boolean isHeldOut(byte[] utf8, double fraction) {
    long hash = ByteBuffer.wrap(Sha256.digest().digest(utf8)).getLong();
    return (hash >>> 11) * 0x1p-53 < fraction;
  }

  /** Encodes one source and writes its two files in the order of its documents. */
  private final class SourceWriter {

    private final Path folder;
    private final TextSource source;
    private final ExecutorService pool;
    private final Deque<Future<List<Encoded>>> inFlight = new ArrayDeque<>();
    private List<String> chunk = new ArrayList<>();
    private int chunkChars;
    private PartWriter train;
    private PartWriter validation;

    SourceWriter(Path folder, TextSource source, ExecutorService pool) {
      this.folder = folder;
      this.source = source;
      this.pool = pool;
    }

    PackedIndex.SourceEntry write() throws IOException {
      try (PartWriter trainPart = new PartWriter(folder, source.name() + ".train.u16");
          PartWriter validationPart = new PartWriter(folder, source.name() + ".validation.u16")) {
        train = trainPart;
        validation = validationPart;
        source.forEach(this::take);
        submit();
        while (!inFlight.isEmpty()) {
          store();
        }
        return new PackedIndex.SourceEntry(source.name(), train.finish(), validation.finish());
      }
    }

    private void take(String document) {
      chunk.add(document);
      chunkChars += document.length();
      if (chunkChars >= CHUNK_CHARS) {
        submit();
      }
    }

    private void submit() {
      List<String> documents = chunk;
      chunk = new ArrayList<>();
      chunkChars = 0;
      inFlight.add(pool.submit(() -> encode(documents, source.heldOut())));
      if (inFlight.size() > 2 * threads) {
        store();
      }
    }

    private void store() {
      try {
        for (Encoded document : inFlight.remove().get()) {
          (document.heldOut() ? validation : train).add(document.ids(), document.bytes());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("packing " + source.name() + " was interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("packing " + source.name() + " failed", e.getCause());
      }
      listener.packed(
          source.name(),
          train.documents() + validation.documents(),
          train.tokens() + validation.tokens());
    }
  }
}
