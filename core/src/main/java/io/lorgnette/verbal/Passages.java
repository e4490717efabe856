package io.lorgnette.verbal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Passages of text that are found by their words: Lucene's BM25 with its own constants (k1 1.2, b
 * 0.75) over English stems. The index of a corpus is made once and kept under the hash of its file.
 *
 * <p>Safe for use by several threads.
 */
public final class Passages implements AutoCloseable {

  private static final String ID = "id";
  private static final String TEXT = "text";
  private static final int MAX_LINE = 1 << 20;
  private static final int BUFFER = 1 << 16;

  /**
   * A passage.
   *
   * @param id of its line
   */
  public record Passage(String id, String text) {}

  private final Analyzer analyzer;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final String identity;

  private Passages(Analyzer analyzer, DirectoryReader reader, String identity) {
    this.analyzer = analyzer;
    this.reader = reader;
    this.identity = identity;
    searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new BM25Similarity());
  }

  /**
   * Opens a corpus; its index is made where there is none.
   *
   * @param corpus JSON lines {@code {"id": "...", "text": "..."}}
   * @param indexes folder of indexes, made where it is absent
   * @throws InputException naming file and line of what is broken, or if there is no passage
   */
  public static Passages open(Path corpus, Path indexes) {
    String hash = sha256(corpus);
    Path folder = indexes.resolve(hash);
    Analyzer analyzer = new EnglishAnalyzer();
    try {
      if (!Files.isDirectory(folder)) {
        make(corpus, analyzer, indexes, folder);
      }
      return new Passages(analyzer, DirectoryReader.open(FSDirectory.open(folder)), hash);
    } catch (IOException e) {
      analyzer.close();
      throw new InputException(
          folder + ", the index of " + corpus + ", can not be made or read: " + e + "; delete it",
          e);
    } catch (RuntimeException e) {
      analyzer.close();
      throw e;
    }
  }

  /** Makes an index beside its place and moves it there: none is ever half made. */
  private static void make(Path corpus, Analyzer analyzer, Path indexes, Path folder)
      throws IOException {
    Files.createDirectories(indexes);
    Path temporary = Files.createTempDirectory(indexes, ".index");
    try {
      try (Directory directory = FSDirectory.open(temporary);
          IndexWriter writer =
              new IndexWriter(
                  directory, new IndexWriterConfig(analyzer).setSimilarity(new BM25Similarity()))) {
        if (add(corpus, writer) == 0) {
          throw new InputException(corpus + " has no passage; " + expected());
        }
      }
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      delete(temporary); // another process was faster
    } catch (IOException | RuntimeException e) {
      delete(temporary);
      throw e;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static long add(Path corpus, IndexWriter writer) throws IOException {
    ObjectMapper json = new ObjectMapper();
    long count = 0;
    try (BufferedReader in = Files.newBufferedReader(corpus, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          writer.addDocument(document(corpus, number, line, json));
          count++;
        }
      }
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new InputException(corpus + " is not UTF-8; " + expected(), e);
    }
    return count;
  }

  private static Document document(Path corpus, int number, String line, ObjectMapper json) {
    JsonNode node;
    try {
      node = line.length() > MAX_LINE ? null : json.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InputException(
          corpus + ", line " + number + ", is not JSON: " + e.getOriginalMessage(), e);
    }
    if (node == null || !node.path(ID).isValueNode() || !node.path(TEXT).isTextual()) {
      throw new InputException(
          corpus + ", line " + number + ", is no passage of at most 1 MiB; " + expected());
    }
    Document document = new Document();
    document.add(new StringField(ID, node.path(ID).asText(), Field.Store.YES));
    document.add(new TextField(TEXT, node.path(TEXT).asText(), Field.Store.YES));
    return document;
  }

  private static String expected() {
    return "expected JSON lines {\"id\": \"...\", \"text\": \"...\"}";
  }

  private static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = Sha256.digest();
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return Sha256.hex(digest);
    } catch (IOException e) {
      throw new InputException(file + " can not be read (" + e + "); " + expected(), e);
    }
  }

  /** SHA-256 of the corpus. */
  public String identity() {
    return identity;
  }

  /** Passages in all. */
  public int count() {
    return reader.numDocs();
  }

  /**
   * The passages that share the most telling words with a text, best first.
   *
   * @param query any text; nothing in it is syntax
   * @param count at most; fewer where fewer share a word
   */
  public List<Passage> search(String query, int count) {
    Query words = new QueryBuilder(analyzer).createBooleanQuery(TEXT, query);
    if (words == null) {
      return List.of(); // no word but stop words
    }
    try {
      List<Passage> found = new ArrayList<>();
      StoredFields stored = searcher.storedFields();
      for (ScoreDoc hit : searcher.search(words, count).scoreDocs) {
        Document document = stored.document(hit.doc);
        found.add(new Passage(document.get(ID), document.get(TEXT)));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("can not read the index of passages: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("can not close the index of passages: " + e.getMessage(), e);
    } finally {
      analyzer.close();
    }
  }
}
