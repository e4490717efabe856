package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Documents of one kind for pre-training: captions, stories, books ...
 *
 * <p>Each document goes whole to training or to validation, by a hash of its text, so the same
 * document is on the same side in every build and on every machine.
 */
public final class TextSource {

  /** Hands every document to a consumer, in the same order each time. */
  @FunctionalInterface
  public interface Documents {
    /**
     * Reads all documents.
     *
     * @throws InputException when a file can not be read
     */
    void forEach(Consumer<String> consumer);
  }

  /** Where a document ends inside a text file. */
  public enum Kind {
    /** Every line is a document. */
    LINES,
    /** An empty line ends a document; its lines are joined by newlines. */
    BLANK_LINE
  }

  private final String name;
  private final double heldOut;
  private final Documents documents;

  private TextSource(String name, double heldOut, Documents documents) {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "a source's name becomes a file name, so only letters, digits, - and _ are allowed: \""
              + name
              + "\"");
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw new IllegalArgumentException(
          name + ": the held-out fraction is " + heldOut + ", expected 0 <= fraction < 1");
    }
    this.name = name;
    this.heldOut = heldOut;
    this.documents = documents;
  }

  /**
   * Documents from UTF-8 text files, plain or gzip ({@code .gz}).
   *
   * @param name short name, as in weights and reports
   * @param kind where a document ends
   * @param files read in this order
   * @param line applied to every line that is not blank (normalising captions, for instance); what
   *     it turns into blank text is left out
   * @param heldOut fraction of the documents kept for validation, 0 to below 1
   */
  public static TextSource files(
      String name, Kind kind, List<Path> files, UnaryOperator<String> line, double heldOut) {
    List<Path> paths = List.copyOf(files);
    return new TextSource(
        name, heldOut, consumer -> TextFiles.documents(paths, kind, line, consumer));
  }

  /**
   * Documents made by the caller, questions from annotation files for instance.
   *
   * @param heldOut fraction of the documents kept for validation, 0 to below 1
   */
  public static TextSource documents(String name, Documents documents, double heldOut) {
    return new TextSource(name, heldOut, documents);
  }

  public String name() {
    return name;
  }

  /** Fraction of the documents kept for validation. */
  public double heldOut() {
    return heldOut;
  }

  /**
   * Hands every document to a consumer, in the same order each time.
   *
   * @throws InputException when a file can not be read
   */
  public void forEach(Consumer<String> consumer) {
    documents.forEach(consumer);
  }
}
