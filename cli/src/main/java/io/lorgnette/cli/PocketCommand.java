package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Task;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.pocket.EmbeddedConnector;
import io.lorgnette.report.ShippedReport;
import io.lorgnette.suite.ScoreRecords;
import io.lorgnette.train.RunFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette pocket}: what the embedded models score, recorded and reported. */
@Command(
    name = "pocket",
    description = {
      "Evaluates the embedded connectors and joint space on development splits (Flickr8k, VQA v2) and"
          + " postcards, with their photos and with other images' photos.",
      "Writes the records of that and the report that ships. What was evaluated already, of the same"
          + " weights and with the same scores, is used again."
    },
    footer = {
      "  lorgnette pocket --data ~/data",
      "  lorgnette pocket --data ~/data --meteor-data DIR --spice --write docs",
    })
final class PocketCommand implements Callable<Integer> {

  private static final String REPORT = "pocket-report.html";
  private static final String SPACE = "pocket-clip";
  private static final String RETRIEVAL = "retrieval-flickr8k-dev.json";
  private static final List<Integer> SHOTS = List.of(0, 4, 8);

  /** As the command that this page and the records are made with is told. */
  private static final String MADE_BY =
      "./lorgnette pocket --data DATA --meteor-data METEOR --spice --write docs --threads 1";

  /**
   * One evaluation command.
   *
   * @param folder of its run
   * @param shots numbers of examples, in one command
   */
  private record Question(
      EmbeddedConnector connector,
      String folder,
      String on,
      String split,
      Task task,
      List<Integer> shots,
      boolean exchanged) {

    List<String> arguments(Path out) {
      List<String> arguments = new ArrayList<>(List.of("evaluate", connector.title()));
      arguments.addAll(List.of("--on", on, "--split", split));
      arguments.addAll(
          List.of("--shots", String.join(",", shots.stream().map(n -> "" + n).toList())));
      if (exchanged) {
        arguments.add("--shuffle-photos");
      }
      arguments.addAll(List.of("--out", out.resolve(folder).toString()));
      return arguments;
    }

    String name(int n) {
      String recorded = split.equals("dev") ? "val" : split;
      String name = EvaluationRecord.name(on, recorded, task, n);
      return exchanged ? EvaluationRecord.shuffled(name) : name;
    }

    /** Whether it was asked before, and captions scored as they are to be now. */
    boolean done(Path out, CaptionOptions scoring) {
      return shots.stream().allMatch(n -> done(out.resolve(folder), name(n), scoring));
    }

    private boolean done(Path run, String name, CaptionOptions scoring) {
      String file = EvaluationRecord.file(name);
      if (!Files.exists(run.resolve(file))) {
        return false;
      }
      JsonNode corpus = RunFolder.open(run).readJson(file).path("corpus");
      return task != Task.CAPTIONS
          || (corpus.has(scoring.meteor().name())
              && scoring.extra().stream().allMatch(metric -> corpus.has(metric.name())));
    }
  }

  private static final Question CAPTIONS =
      new Question(
          EmbeddedConnector.CAPTIONS,
          "captions",
          "flickr8k",
          "dev",
          Task.CAPTIONS,
          List.of(0),
          false);
  private static final Question ANSWERS =
      new Question(
          EmbeddedConnector.ANSWERS, "answers", "vqav2", "dev", Task.ANSWERS, SHOTS, false);
  private static final Question POSTCARDS =
      new Question(
          EmbeddedConnector.CAPTIONS,
          "postcards",
          "postcards",
          "test",
          Task.CAPTIONS,
          List.of(0),
          false);

  private static Question exchanged(Question asked) {
    return new Question(
        asked.connector, asked.folder, asked.on, asked.split, asked.task, List.of(0), true);
  }

  @ParentCommand private Lorgnette root;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/pocket",
      description = "Folder of the run folders (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description =
          "Write pocket-report.html into this folder, and the records of the scores, without captions,"
              + " into results/pocket/ beside it (default: only the report, in --out).")
  private Path docs;

  @Mixin private DataFolderOption data;
  @Mixin private CaptionMetricOptions captionMetrics;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    Console console = root.console();
    try (FolderLock lock = FolderLock.of(out);
        ParsingProgress parsing = new ParsingProgress(console)) {
      CaptionOptions scoring = captionMetrics.options(CaptionOptions.defaults(), parsing);
      int code = evaluate(console, scoring);
      if (code != 0) {
        return code;
      }
      Path report = (docs == null ? out : docs).resolve(REPORT);
      RunFolder captions = folder(CAPTIONS);
      RunFolder answers = folder(ANSWERS);
      ArrayNode differences = JsonNodeFactory.instance.arrayNode();
      differences.addAll(differences(captions, CAPTIONS, scoring));
      differences.addAll(differences(answers, ANSWERS, scoring));
      ShippedReport.write(
          List.of(captions, answers),
          captions,
          CAPTIONS.name(0),
          folder(POSTCARDS),
          MADE_BY,
          report);
      if (docs != null) {
        records(differences);
      }
      if (console.json()) {
        console.result(differences);
      } else {
        console.result("report  " + report.toAbsolutePath().normalize());
      }
    }
    return 0;
  }

  private int evaluate(Console console, CaptionOptions scoring) {
    List<String> numerics = engine.arguments(engine.chooseSideBySide());
    for (Question asked :
        List.of(CAPTIONS, exchanged(CAPTIONS), ANSWERS, exchanged(ANSWERS), POSTCARDS)) {
      EmbeddedRuns.requireSame(asked.connector, out.resolve(asked.folder));
      if (!asked.done(out, scoring)) {
        List<String> arguments = asked.arguments(out);
        arguments.addAll(captionMetrics.arguments());
        int code = execute(console, arguments, numerics, console.err());
        if (code != 0) {
          return code;
        }
      }
    }
    RunFolder captions = folder(CAPTIONS);
    if (!Files.exists(captions.path().resolve(RETRIEVAL))) {
      StringWriter kept = new StringWriter();
      List<String> retrieve =
          List.of("retrieve", SPACE, "--on", "flickr8k", "--split", "dev", "--json");
      int code = execute(console, retrieve, numerics, kept);
      if (code != 0) {
        return code;
      }
      captions.writeText(RETRIEVAL, kept.toString());
    }
    return 0;
  }

  private int execute(
      Console console, List<String> command, List<String> numerics, Writer results) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(data.arguments());
    arguments.addAll(numerics);
    if (console.quiet()) {
      arguments.add("--quiet");
    }
    console.say("lorgnette " + String.join(" ", arguments));
    return Main.commandLine(new PrintWriter(results, true), console.err())
        .execute(arguments.toArray(String[]::new));
  }

  private RunFolder folder(Question asked) {
    return RunFolder.open(out.resolve(asked.folder));
  }

  /** Shown its photos minus shown others, on the same items. */
  private static ArrayNode differences(RunFolder run, Question asked, CaptionOptions scoring) {
    return ScoreRecords.differences(
        EvaluationRecord.read(run, asked.name(0)),
        EvaluationRecord.read(run, exchanged(asked).name(0)),
        scoring);
  }

  private void records(JsonNode differences) {
    Path records = docs.resolve("results").resolve("pocket");
    for (Question asked : List.of(CAPTIONS, ANSWERS, POSTCARDS)) {
      ScoreRecords.write(folder(asked), records.resolve(asked.folder));
    }
    RunFolder captions = RunFolder.open(records.resolve(CAPTIONS.folder));
    captions.writeJson(RETRIEVAL, folder(CAPTIONS).readJson(RETRIEVAL));
    captions.writeJson("photos-exchanged.json", differences);
  }
}
