package io.lorgnette.report;

import io.lorgnette.error.InputException;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
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
    String page = html(run, comparedWith);
    WholeFile.writeText(html, "the report", out -> out.write(page));
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
    html.begin(summary.title(), "");
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
}
