package io.lorgnette.train;

import io.lorgnette.data.CaptionText;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.text.TextSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One source of text for {@code lorgnette pretrain}.
 *
 * @param kind how its files are divided into documents
 * @param files relative to the data root
 * @param weight its share of the training windows, relative to the other sources'
 * @param heldOut share of the documents kept for validation
 */
public record PretrainText(
    String name, Kind kind, List<String> files, double weight, double heldOut) {

  /** How files are divided into documents. */
  public enum Kind {
    /** A line is a caption; it gets its full stop. */
    CAPTIONS,
    /** A line is a document. */
    LINES,
    /** An empty line ends a document. */
    DOCUMENTS
  }

  static PretrainText read(RecipeNode node) {
    PretrainText text =
        new PretrainText(
            node.text("name"),
            node.choice("kind", Kind.class),
            node.texts("files", List.of()),
            node.number("weight", 1).atLeast(0.0),
            node.number("held_out", 0.01).fromBelow(0.0, 1.0));
    node.check(text.name().matches("[A-Za-z0-9_-]+"), "name", "must be letters, digits, - and _");
    node.check(!text.files().isEmpty(), "files", "must name at least one file");
    return text;
  }

  /**
   * The text under a data root.
   *
   * @throws InputException if a file is missing
   */
  TextSource open(Path root) {
    List<Path> paths = files.stream().map(root::resolve).toList();
    for (Path path : paths) {
      if (!Files.isRegularFile(path)) {
        throw new InputException(
            path + " is missing, a file of the text source " + name + "; check --data");
      }
    }
    TextSource.Kind division =
        kind == Kind.DOCUMENTS ? TextSource.Kind.BLANK_LINE : TextSource.Kind.LINES;
    UnaryOperator<String> line =
        kind == Kind.CAPTIONS ? PretrainText::caption : UnaryOperator.identity();
    return TextSource.files(name, division, paths, line, heldOut);
  }

  private static String caption(String line) {
    return CaptionText.hasWords(line) ? CaptionText.training(line) : "";
  }
}
