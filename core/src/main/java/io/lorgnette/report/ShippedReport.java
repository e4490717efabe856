package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.evaluate.Item;
import io.lorgnette.evaluate.Task;
import io.lorgnette.metrics.ImageSums;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The report that ships with connectors: what they score on photos that may not be shown, beside
 * pictures that may. Of the photos it tells ids, what was said and what that scored, never what
 * people wrote; which ones is drawn by seed from the ids alone.
 */
public final class ShippedReport {

  /** The image's own share of a caption's score. */
  private static final String METRIC = "CIDEr";

  private static final long SEED = 1;

  private ShippedReport() {}

  /**
   * Writes the report as one HTML file that needs nothing beside it.
   *
   * @param scored evaluated runs of the connectors, with their {@code connector} in {@code
   *     run.json}
   * @param photos the one of them whose captions of photos are told
   * @param evaluation its name in that run
   * @param pictures evaluated on images that may be shown, with its gallery
   * @param command that writes this page
   * @param html written whole or not at all
   * @throws io.lorgnette.error.InputException if a file of a run is broken, or the file can not be
   *     written
   */
  public static void write(
      List<RunFolder> scored,
      RunFolder photos,
      String evaluation,
      RunFolder pictures,
      String command,
      Path html) {
    List<ReportedRun> runs = ReportedRun.all(scored.get(0), scored.subList(1, scored.size()));
    Html page = new Html();
    page.begin("The embedded pair", "");
    page.open("header").leaf("p", "Lorgnette report", "class", "kicker");
    page.leaf("h1", "The embedded pair").leaf("p", summary(scored), "class", "summary");
    page.close().line();
    ScoreSection.append(page, runs, ScoreTable.of(runs), List.of());
    new GallerySection(List.of(captioned(pictures))).append(page);
    told(page, photos, EvaluationRecord.read(photos, evaluation));
    page.open("section", "id", "made").leaf("h2", "How it was made");
    page.leaf("pre", command).close();
    page.close().close().close().line();
    String text = page.finish();
    WholeFile.writeText(html, "the report", out -> out.write(text));
  }

  /** Captions alone: a connector for captions has not learned to answer. */
  private static ReportedRun captioned(RunFolder pictures) {
    ReportedRun run = ReportedRun.all(pictures, List.of()).get(0);
    return new ReportedRun(
        run.number(),
        run.label(),
        run.method(),
        run.folder(),
        run.run(),
        run.steps(),
        run.evaluations().stream().filter(e -> e.task() == Task.CAPTIONS).toList());
  }

  private static String summary(List<RunFolder> scored) {
    StringBuilder text =
        new StringBuilder(
            "What the connectors that ship say and score, encoder and language model frozen.");
    for (RunFolder run : scored) {
      JsonNode connector = run.readJson("run.json").path("connector");
      text.append(
          Numbers.fill(
              " %s: weights %s.",
              connector.path("name").asText(),
              connector.path("sha256").asText().replaceFirst("(?<=^.{12}).*", "")));
    }
    return text.toString();
  }

  private static void told(Html page, RunFolder run, EvaluationRecord record) {
    Map<String, Double> scores = scores(run, record);
    Map<String, Item> items = new HashMap<>();
    record.items().forEach(item -> items.put(item.imageId(), item));
    List<String> drawn = Gallery.drawn(record, SEED);
    page.open("section", "id", "photos").leaf("h2", "Photos that are not shown");
    page.leaf(
        "p",
        Numbers.fill(
            "%s of the %s photos of %s's development split, drawn by seed from their ids alone. The data's terms let neither photos nor"
                + " people's captions be shown; CIDEr is the photo's own share of the score above.",
            drawn.size(), Numbers.whole(items.size()), record.dataset()),
        "class",
        "note");
    page.open("table").leaf("caption", "Our captions and their scores").open("thead").open("tr");
    page.leaf("th", "photo", "scope", "col").leaf("th", "our caption", "scope", "col");
    page.leaf("th", METRIC, "scope", "col", "class", "number");
    page.leaf("th", "nats per token", "scope", "col", "class", "number");
    page.close().close().open("tbody").line();
    for (String id : drawn) {
      page.open("tr").leaf("th", id, "scope", "row").leaf("td", items.get(id).said());
      page.leaf("td", Numbers.percent(scores.get(id)), "class", "number");
      page.leaf("td", Numbers.fixed(items.get(id).score(), 2), "class", "number").close().line();
    }
    page.close().close().close().line();
  }

  private static Map<String, Double> scores(RunFolder run, EvaluationRecord record) {
    ImageSums sums = EvaluationRecord.imageSums(run, record.name(), METRIC);
    Map<String, Double> scores = new HashMap<>();
    for (int i = 0; i < sums.images().size(); i++) {
      double[] row = sums.sums()[i];
      scores.put(sums.images().get(i), row[0] / row[1]);
    }
    return scores;
  }
}
