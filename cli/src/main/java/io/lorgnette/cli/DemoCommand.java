package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Gallery;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Speaker;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.report.Report;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.ConnectorTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.train.TrainingLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code lorgnette demo}: the whole line in a few minutes, with what is built in: trains MAPL and
 * MAPL-blind, asks both about unseen scenes, compares them and writes a report.
 */
@Command(
    name = "demo",
    description =
        "Trains a MAPL connector between the embedded models on drawn postcards, beside a blind"
            + " one, and writes a report. Takes a few minutes and needs nothing.",
    footer = {
      "  lorgnette demo",
      "  lorgnette demo --out runs/first --set train.steps=100",
    })
final class DemoCommand implements Callable<Integer> {

  private static final String RECIPE = "mapl-postcards.yaml";
  private static final int BEAMS = 3;
  private static final int MAX_TOKENS = 40;

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/demo",
      description = "Folder of the two runs and the report (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a value of the recipe, such as train.steps=100; can be repeated.")
  private List<String> set = new ArrayList<>();

  @Mixin private CaptionMetricOptions captionMetrics;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    Console console = root.console();
    long start = System.nanoTime();
    Path html = out.resolve("report.html");
    if (Files.exists(html)) {
      throw new InputException(
          html + " is there from an earlier demo; look at it, or choose another --out");
    }
    Numerics numerics = engine.chooseSideBySide();
    console.say("Computing with " + numerics + " (" + numerics.kernels() + ").");
    List<DatasetSpec> test = List.of(DatasetSpec.named("postcards", Split.TEST));
    DataRoots roots = ConnectorRuns.withPostcards(console, DataRoots.none(), test);
    List<RunFolder> folders = new ArrayList<>();
    Recipe<ConnectorRecipe> first = recipe(MethodKind.MAPL);
    try (Workbench bench = ConnectorRuns.workbench(console, first.value(), Path.of(""), numerics);
        Interrupt interrupt =
            new Interrupt(
                () -> console.say("\nStopping after this step. Ctrl-C again ends at once."));
        Dataset dataset = Datasets.open(test.get(0), roots, Problems.strict())) {
      FeaturedDataset questions = bench.featured(dataset);
      for (MethodKind kind : List.of(MethodKind.MAPL, MethodKind.MAPL_BLIND)) {
        Optional<RunFolder> run = run(console, bench, kind, roots, questions, numerics, interrupt);
        if (run.isEmpty()) {
          console.say("Stopped. The same command goes on from the checkpoint.");
          return Failures.INTERRUPTED;
        }
        folders.add(run.get());
      }
    }
    Report.write(folders.get(0), folders.subList(1, 2), html);
    try (ParsingProgress parsing = new ParsingProgress(console)) {
      CaptionOptions scoring = captionMetrics.options(CaptionOptions.defaults(), parsing);
      summary(console, folders, scoring, html, (System.nanoTime() - start) / 1e9);
    }
    return 0;
  }

  private Recipe<ConnectorRecipe> recipe(MethodKind kind) {
    List<String> options = new ArrayList<>(set);
    options.add("method=" + kind.id());
    try (InputStream in = DemoCommand.class.getResourceAsStream("/recipes/" + RECIPE)) {
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return RecipeReader.readText(yaml, "recipes/" + RECIPE, options, ConnectorRecipe::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Trains and evaluates one system; empty if it was asked to stop. */
  private Optional<RunFolder> run(
      Console console,
      Workbench bench,
      MethodKind kind,
      DataRoots roots,
      FeaturedDataset test,
      Numerics numerics,
      Interrupt interrupt) {
    Recipe<ConnectorRecipe> recipe = recipe(kind);
    Path path = out.resolve(kind.id());
    RunFolder folder;
    RunRecord record;
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    if (Files.exists(path.resolve("run.json"))) {
      folder = RunFolder.open(path);
      record = RunRecord.open(folder);
      record.requireSameRecipe(recipe);
      record.numerics().requireSame(numerics);
      record.resume(arguments, numerics);
    } else {
      folder = RunFolder.create(path);
      Map<String, Long> seeds = Map.of("train", recipe.value().train().seed());
      record = RunRecord.start(folder, "demo", arguments, recipe, seeds, numerics);
      ConnectorRuns.recordModels(folder, recipe.value().backbones(), Path.of(""));
    }
    console.say("Training " + kind.title() + " ...");
    TrainingLoop.Result result =
        ConnectorRuns.train(
            console,
            bench,
            recipe,
            Path.of(""),
            roots,
            Problems.strict(),
            new StartedRun(folder, record, numerics, ProcessGroup.alone(), Deadline.NEVER),
            interrupt);
    if (result.end() == TrainingLoop.End.STOPPED) {
      record.end();
      return Optional.empty();
    }
    Path connector = folder.path().resolve(ConnectorTraining.CONNECTOR);
    try (ParsingProgress parsing = new ParsingProgress(console);
        Method method = ConnectorCheckpoint.load(connector, bench.backbones())) {
      Protocol protocol =
          Protocol.MAPL
              .withDecoding(GenerationConfig.beams(BEAMS, MAX_TOKENS))
              .withScoring(
                  Optional.empty(), captionMetrics.options(CaptionOptions.defaults(), parsing));
      List<EvaluationRecord> records =
          new Interview(console, bench, new Speaker(method))
              .about(test, protocol, Optional.empty());
      for (EvaluationRecord each : records) {
        each.write(folder);
      }
      Gallery.write(folder, records.get(0), test.dataset(), 1);
    }
    record.end();
    return Optional.of(folder);
  }

  private static void summary(
      Console console, List<RunFolder> folders, CaptionOptions scoring, Path html, double seconds) {
    console.result("unseen postcards     MAPL  MAPL-blind  difference (95 %, paired)");
    List<EvaluationRecord> blind = EvaluationRecord.all(folders.get(1));
    for (EvaluationRecord seeing : EvaluationRecord.all(folders.get(0))) {
      for (EvaluationRecord other : blind) {
        if (other.name().equals(seeing.name())) {
          seeing.compare(other, scoring, 1, Interval.RESAMPLES).stream()
              .filter(c -> !c.metric().matches("BLEU-[123]"))
              .forEach(c -> console.result(line(c)));
        }
      }
    }
    console.result(String.format(Locale.ROOT, "%.0f seconds", seconds));
    console.result("report  " + html.toAbsolutePath().normalize());
  }

  private static String line(Comparison c) {
    return String.format(
        Locale.ROOT,
        "%-18s %6.1f      %6.1f  %+.1f [%+.1f, %+.1f]",
        c.metric(),
        100 * c.first(),
        100 * c.second(),
        100 * c.difference().value(),
        100 * c.difference().low(),
        100 * c.difference().high());
  }
}
