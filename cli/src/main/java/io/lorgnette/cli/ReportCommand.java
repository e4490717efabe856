package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.report.Report;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette report}: the report of a run again, from its folder alone. */
@Command(
    name = "report",
    description =
        "Writes the report of a run from its folder: a page with curves, gallery and scores, or the"
            + " scores as a table.",
    footer = {
      "  lorgnette report runs/mapl",
      "  lorgnette report runs/mapl --with runs/mapl-blind --out report.html",
      "  lorgnette report runs/mapl --as markdown",
      "  lorgnette report runs/mapl --data ~/data",
    })
final class ReportCommand implements Callable<Integer> {

  /** The forms of a report. */
  enum Form {
    HTML,
    MARKDOWN,
    CSV
  }

  @ParentCommand private Lorgnette root;

  @Parameters(paramLabel = "RUN", description = "Folder that lorgnette train or pretrain wrote.")
  private Path run;

  @Option(
      names = "--with",
      paramLabel = "RUN",
      description = "Another run to stand beside it; can be repeated.")
  private List<Path> others = new ArrayList<>();

  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "html",
      description =
          "html, markdown or csv; the tables go to standard output (default: ${DEFAULT-VALUE}).")
  private Form form;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the page goes (default: report.html in the run's folder).")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Make the gallery anew from the data sets in this folder, for a run that came without"
              + " its pictures.")
  private Path data;

  @Override
  public Integer call() {
    Console console = root.console();
    RunFolder folder = RunFolder.open(run);
    List<RunFolder> beside = others.stream().map(RunFolder::open).toList();
    if (data != null) {
      DataRoots roots = DataRoots.find(Optional.of(data), System.getenv());
      gallery(console, folder, roots);
      beside.forEach(other -> gallery(console, other, roots));
    }
    switch (form) {
      case MARKDOWN -> console.result(Report.markdown(folder, beside).stripTrailing());
      case CSV -> console.result(Report.csv(folder, beside).stripTrailing());
      case HTML -> {
        Path page = out == null ? folder.path().resolve("report.html") : out;
        Report.write(folder, beside, page);
        String place = page.toAbsolutePath().normalize().toString();
        console.result(
            console.json()
                ? JsonNodeFactory.instance.objectNode().put("report", place).toString()
                : place);
      }
      default -> throw new IllegalStateException(form.name().toLowerCase(Locale.ROOT));
    }
    return 0;
  }

  /** Pictures that are there stay. */
  private static void gallery(Console console, RunFolder folder, DataRoots roots) {
    for (EvaluationRecord record : EvaluationRecord.all(folder)) {
      DatasetSpec spec = DatasetSpec.named(record.dataset(), Split.of(record.split()));
      DataRoots all = ConnectorRuns.withPostcards(console, roots, List.of(spec));
      try (Dataset dataset = Datasets.open(spec, all, Problems.collecting())) {
        Gallery.write(folder, record, dataset, 1);
      }
    }
  }
}
