package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explaining;
import io.lorgnette.explain.Explanation;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.report.ExplanationJson;
import io.lorgnette.report.ExplanationPage;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette explain}: what a connector sees in a photo. */
@Command(
    name = "explain",
    description = {
      "Shows what a connector makes of a photo: each word blind and seeing, the regions",
      "that it depends on, where the prefix looks, and the words near it."
    },
    footer = {
      "  lorgnette explain photo.jpg --out inside.html",
      "  lorgnette explain photo.jpg --question \"What colour is the dog?\"",
      "  lorgnette explain photo.jpg --text \"A dog runs on grass.\" --json",
      "  lorgnette explain photo.jpg --connector runs/mapl --regions 0",
    })
final class ExplainCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;

  @Parameters(index = "0", paramLabel = "PHOTO", description = "The photo.")
  private Path photo;

  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--question",
      paramLabel = "TEXT",
      description = "Explain the answer to this question instead of a caption.")
  private String question;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "Explain these words instead of what the model says.")
  private String text;

  @Option(
      names = "--regions",
      paramLabel = "N",
      defaultValue = "7",
      description =
          "Cover each of N x N regions of the photo in turn; 0 covers none (default:"
              + " ${DEFAULT-VALUE}).")
  private int regions;

  @Option(
      names = "--neighbours",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Words near each embedding of the prefix that are named (default: ${DEFAULT-VALUE}).")
  private int neighbours;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write a page with heat maps over the photo: one HTML file.")
  private Path out;

  @Override
  public Integer call() {
    Console console = root.console();
    decoding.check();
    ExplainOptions options =
        new ExplainOptions(
            Optional.ofNullable(question),
            Optional.ofNullable(text),
            neighbours,
            regions,
            decoding.config());
    RgbImage image = ImageReader.read(photo);
    Explanation explained = explain(console, image, options);
    if (out != null) {
      ExplanationPage.write(explained, photo.getFileName().toString(), out);
    }
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode().put("image", photo.toString());
      node.setAll(ExplanationJson.of(explained));
      console.result(node);
    } else {
      lines(explained).forEach(console::result);
    }
    if (out != null) {
      console.say("Heat maps are in " + out);
    }
    return 0;
  }

  private Explanation explain(Console console, RgbImage image, ExplainOptions options) {
    Path connector = models.connector(question == null ? "captions" : "answers");
    Numerics numerics = engine.choose();
    try (VisionLanguageModel model =
            VisionLanguageModel.load(
                models.vision(),
                models.language(),
                connector,
                numerics,
                weights.precision(numerics));
        Progress progress = console.progress("explaining", "steps", Explaining.steps(options))) {
      Explaining explaining = model.explaining(image, options);
      int done = 1;
      while (explaining.step()) {
        progress.at(done++, "");
      }
      return explaining.explanation();
    }
  }

  private static List<String> lines(Explanation explained) {
    List<String> lines = new ArrayList<>();
    lines.add("seeing  " + explained.said());
    lines.add("blind   " + explained.blind());
    lines.add("");
    TextTable table = new TextTable().row("word", "with %", "without %", "gain");
    for (Explanation.Word word : explained.words()) {
      table.row(
          word.text().isEmpty() ? "(end)" : word.text(),
          percent(word.seeing()),
          percent(word.blind()),
          decimals(2, word.seeing() - word.blind()));
    }
    lines.addAll(table.lines(""));
    if (explained.prefix().stream().anyMatch(token -> !token.nearest().isEmpty())) {
      lines.add("");
      TextTable near = new TextTable().row("prefix", "nearest words");
      for (int i = 0; i < explained.prefix().size(); i++) {
        near.row(Integer.toString(i + 1), words(explained.prefix().get(i)));
      }
      lines.addAll(near.lines(""));
    }
    return lines;
  }

  private static String words(Explanation.PrefixToken token) {
    return token.nearest().stream()
        .map(near -> near.text().strip() + " " + decimals(2, near.cosine()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(double nats) {
    return decimals(1, 100 * Math.exp(nats));
  }

  private static String decimals(int places, double value) {
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}
