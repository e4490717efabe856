package io.lorgnette.cli;

import io.lorgnette.bench.BenchRecord;
import io.lorgnette.bench.MachineLimits;
import io.lorgnette.bench.Measured;
import io.lorgnette.bench.PairStages;
import io.lorgnette.bench.PlainStages;
import io.lorgnette.bench.Stage;
import io.lorgnette.error.InputException;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.Sight;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.BuildInfo;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette bench}: the machine's limits, and how near to them each stage comes. */
@Command(
    name = "bench",
    description = {
      "Measures what this machine can do at most, and then each stage of the line against it.",
      "Compare rates on one quiet machine only; shares of the limit travel better."
    },
    footer = {
      "  lorgnette bench --out before.json",
      "  lorgnette bench --against before.json",
      "  lorgnette bench --stage write --runs 9"
    })
final class BenchCommand implements Runnable {

  @ParentCommand private Lorgnette root;

  @Mixin private EngineOptions engine;

  @Mixin private PairOptions models;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "Only stages whose name begins so; can be repeated.")
  private List<String> only = List.of();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs of each stage, after one that warms up (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(names = "--out", paramLabel = "FILE", description = "Keep the measurements as JSON.")
  private Path out;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Measurements of before, to show the ratio to.")
  private Path against;

  @Override
  public void run() {
    if (runs < 1) {
      throw new InputException("--runs must be at least 1 but is " + runs);
    }
    BenchRecord before = against == null ? null : BenchRecord.read(against);
    Numerics numerics = engine.chooseSideBySide();
    if (numerics.device() != Device.CPU) {
      throw new InputException("lorgnette bench measures processors; leave --device out");
    }
    numerics.apply();
    BenchRecord record = measure(numerics);
    if (out != null) {
      record.write(out);
    }
    Console console = root.console();
    if (console.json()) {
      console.result(record.json());
    } else {
      show(console, record, before);
    }
  }

  private BenchRecord measure(Numerics numerics) {
    Path languageFolder = models.language();
    try (Sight sight =
            Sight.open(models.vision(), models.visionName(), "", false, numerics.device());
        TextModel lm = TextModel.load(languageFolder, numerics.format(), numerics.device());
        TextModel writing =
            TextModel.load(
                languageFolder, Precision.of(numerics.format()).forInference(), numerics.device());
        Tokenizer tokenizer = Tokenizer.load(languageFolder);
        PairStages pair =
            new PairStages(
                sight.features(),
                Backbones.of(sight.spec(), models.languageName(), lm, tokenizer),
                writing,
                numerics)) {
      List<Stage> stages =
          Stream.of(
                  List.of(PlainStages.pixels(sight.features().processor())),
                  pair.all(),
                  List.of(PlainStages.scores()))
              .flatMap(List::stream)
              .filter(stage -> only.isEmpty() || only.stream().anyMatch(stage.name()::startsWith))
              .toList();
      if (stages.isEmpty()) {
        throw new InputException(
            "no stage begins with "
                + only
                + "; stages are decode, encode, read, write, answer, train, score");
      }
      return new BenchRecord(
          BuildInfo.read().label(),
          Numerics.processor(),
          numerics.toString(),
          MachineLimits.measure(numerics.threads()),
          measure(stages));
    }
  }

  private List<Measured> measure(List<Stage> stages) {
    List<Measured> measured = new ArrayList<>();
    try (Progress progress = root.console().progress("measuring", "stages", stages.size())) {
      for (Stage stage : stages) {
        measured.add(Measured.of(stage, runs));
        progress.at(measured.size(), stage.title());
      }
    }
    return measured;
  }

  private static void show(Console console, BenchRecord record, BenchRecord before) {
    MachineLimits limits = record.limits();
    console.result(record.machine() + "; stages compute with " + record.numerics());
    console.result(
        String.format(
            Locale.ROOT,
            "At most, with %d thread%s: %.0f GFLOP/s in f32, %.0f in bf16, %.0f in int8; %.1f GB/s"
                + " from memory.",
            limits.threads(),
            limits.threads() == 1 ? "" : "s",
            limits.f32() / 1e9,
            limits.bf16() / 1e9,
            limits.int8() / 1e9,
            limits.bandwidth() / 1e9));
    TextTable table = new TextTable();
    table.row(
        "stage",
        "sizes",
        "rate",
        "",
        "lowest",
        "highest",
        "of the limit",
        "of the fastest",
        "busy",
        before == null ? "" : "against " + before.program());
    for (Measured stage : record.stages()) {
      boolean limited = stage.multiplyAdds() > 0;
      table.row(
          stage.name(),
          stage.shape(),
          rate(stage.median()),
          stage.unit() + "/s",
          rate(stage.range()[0]),
          rate(stage.range()[1]),
          limited ? percent(record.share(stage)) : "",
          limited ? percent(record.shareOfFastest(stage)) : "",
          percent(stage.busy()),
          before == null
              ? ""
              : before
                  .of(stage)
                  .map(old -> String.format(Locale.ROOT, "x %.2f", stage.median() / old.median()))
                  .orElse("not measured"));
    }
    table.lines("").forEach(console::result);
  }

  private static String rate(double rate) {
    return rate < 100 ? String.format(Locale.ROOT, "%.1f", rate) : Numbers.whole(Math.round(rate));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
