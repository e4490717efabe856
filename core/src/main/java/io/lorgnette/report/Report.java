package io.lorgnette.report;

import io.lorgnette.error.InputException;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The report of a run, beside other runs that it is compared with, such as MAPL beside MAPL-blind.
 *
 * <p>What a run does not have is left out or said to be missing: a run that was never evaluated has
 * no scores, a pretrained language model no gallery. The same folders give the same report.
 */
public final class Report {

  private Report() {}

  /**
   * Writes the report as one HTML file that needs nothing beside it.
   *
   * @param run reported on
   * @param comparedWith may be empty
   * @param html written whole or not at all
   * @throws InputException if a file of a run is broken, or the file can not be written
   */
  public static void write(RunFolder run, List<RunFolder> comparedWith, Path html) {
    write(html(run, comparedWith), "report", html);
  }

  /**
   * Writes a page, whole or not at all.
   *
   * @param what it is, for messages
   */
  static void write(String page, String what, Path html) {
    Path target = html.toAbsolutePath();
    try {
      Files.createDirectories(target.getParent());
      // Not createTempFile, whose files only their owner can read.
      Path temporary =
          target.resolveSibling(
              "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
      try {
        Files.writeString(temporary, page, StandardCharsets.UTF_8);
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          "the " + what + " " + html + " can not be written (" + e + "); choose another place", e);
    }
  }

  /**
   * The page as text.
   *
   * @throws InputException if a file of a run is broken
   */
  public static String html(RunFolder run, List<RunFolder> comparedWith) {
    List<ReportedRun> runs = ReportedRun.all(run, comparedWith);
    List<ScoreTable> tables = ScoreTable.of(runs);
    Summary summary = new Summary(runs);
    Html html = new Html();
    html.trusted("<!DOCTYPE html>\n").open("html", "lang", "en");
    head(html, summary.title(), "");
    html.open("body").open("main").line();
    html.open("header").leaf("p", "Lorgnette report", "class", "kicker");
    html.leaf("h1", summary.title());
    html.leaf("p", summary.text(), "class", "summary");
    summary.verdicts(tables).forEach(verdict -> html.leaf("p", verdict, "class", "verdict"));
    html.close().line();
    ScoreSection.append(html, runs, tables, Overall.of(runs));
    CurveChart.append(html, runs);
    new GallerySection(runs).append(html);
    Parameters.append(html, runs);
    Provenance.append(html, runs);
    html.close().close().close().line();
    return html.finish();
  }

  /**
   * The score tables as Markdown, in percent.
   *
   * @throws InputException if a file of a run is broken
   */
  public static String markdown(RunFolder run, List<RunFolder> comparedWith) {
    return TextTables.markdown(ScoreTable.withOverall(ReportedRun.all(run, comparedWith)));
  }

  /**
   * The score tables as CSV, as fractions in full precision, one line for each system and metric.
   *
   * @throws InputException if a file of a run is broken
   */
  public static String csv(RunFolder run, List<RunFolder> comparedWith) {
    return TextTables.csv(ScoreTable.withOverall(ReportedRun.all(run, comparedWith)));
  }

  /**
   * The head of a page that has everything inside.
   *
   * @param more style of the page's own
   */
  static void head(Html html, String title, String more) {
    html.open("head").empty("meta", "charset", "utf-8");
    html.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.leaf("title", title).open("style").trusted(style() + more).close().close().line();
  }

  private static String style() {
    try (InputStream in = Report.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
