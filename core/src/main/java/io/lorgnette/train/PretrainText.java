package io.lorgnette.train;

import io.lorgnette.data.CaptionKeywords;
import io.lorgnette.data.CaptionText;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Example;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Question;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.text.TextSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One source of text for {@code lorgnette pretrain}.
 *
 * @param kind how documents are made of it
 * @param files relative to the data root, where no data sets are named
 * @param datasets whose captions or questions are read
 * @param keywords whether captions stand {@linkplain CaptionKeywords behind some of their words}
 * @param together whether the captions of an image of a data set are one document
 * @param weight its share of the training windows, relative to the other sources'
 * @param heldOut share of the documents kept for validation
 */
public record PretrainText(
    String name,
    Kind kind,
    List<String> files,
    List<DatasetSpec> datasets,
    boolean keywords,
    boolean together,
    double weight,
    double heldOut) {

  /** How documents are made. */
  public enum Kind {
    /** A line, or a caption of a data set, is a caption; it gets its full stop. */
    CAPTIONS,
    /** A line is a document. */
    LINES,
    /** An empty line ends a document. */
    DOCUMENTS,
    /** The questions about one image with their commonest answers, laid out as few-shot prompts. */
    QUESTIONS
  }

  static PretrainText read(RecipeNode node) {
    PretrainText text =
        new PretrainText(
            node.text("name"),
            node.choice("kind", Kind.class),
            node.texts("files", List.of()),
            node.sections("datasets", DatasetSpec::read),
            node.flag("keywords", false),
            node.flag("together", false),
            node.number("weight", 1).atLeast(0.0),
            node.number("held_out", 0.01).fromBelow(0.0, 1.0));
    boolean fromDatasets = !text.datasets().isEmpty();
    node.check(text.name().matches("[A-Za-z0-9_-]+"), "name", "must be letters, digits, - and _");
    node.check(
        text.files().isEmpty() == fromDatasets, "files", "or datasets must be given, and not both");
    node.check(
        text.kind() != Kind.QUESTIONS || fromDatasets, "datasets", "must be given for questions");
    node.check(
        !fromDatasets || text.kind() == Kind.QUESTIONS || text.kind() == Kind.CAPTIONS,
        "datasets",
        "go with the kinds captions and questions");
    boolean captions = text.kind() == Kind.CAPTIONS;
    node.check(!text.keywords() || captions, "keywords", "go with the kind captions");
    node.check(
        !text.together() || (captions && fromDatasets && !text.keywords()),
        "together",
        "goes with captions of datasets, without keywords");
    return text;
  }

  /**
   * The text under a data root.
   *
   * @throws InputException if a file is missing
   */
  public TextSource open(DataRoots roots) {
    TextSource plain = plain(roots);
    if (!keywords) {
      return plain;
    }
    TextSource.Documents told =
        consumer -> {
          CaptionKeywords words = new CaptionKeywords();
          plain.forEach(caption -> consumer.accept(words.before(caption)));
        };
    return TextSource.documents(name, told, heldOut);
  }

  /**
   * What {@link #open} opens, without keywords and each caption by itself.
   *
   * @throws InputException if a file is missing
   */
  public TextSource single(DataRoots roots) {
    return new PretrainText(name, kind, files, datasets, false, false, weight, heldOut).open(roots);
  }

  private TextSource plain(DataRoots roots) {
    if (!datasets.isEmpty()) {
      return TextSource.documents(name, consumer -> examples(roots, consumer), heldOut);
    }
    Path root = roots.dataFor(name);
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

  private void examples(DataRoots roots, Consumer<String> consumer) {
    for (DatasetSpec spec : datasets) {
      try (Dataset dataset = Datasets.open(spec, roots, Problems.strict())) {
        dataset.examples().flatMap(this::documents).forEach(consumer);
      }
    }
  }

  private Stream<String> documents(Example example) {
    Stream<String> texts =
        kind == Kind.CAPTIONS
            ? example.captions().stream().map(PretrainText::caption)
            : example.questions().stream()
                .filter(question -> question.commonAnswer().isPresent())
                .map(PretrainText::answered);
    Stream<String> documents =
        kind == Kind.QUESTIONS || together
            ? Stream.of(texts.filter(text -> !text.isEmpty()).collect(Collectors.joining(" ")))
            : texts;
    return documents.filter(text -> !text.isEmpty());
  }

  private static String answered(Question question) {
    return "Question: "
        + question.text()
        + " Answer: "
        + question.commonAnswer().orElseThrow()
        + ".";
  }
}
