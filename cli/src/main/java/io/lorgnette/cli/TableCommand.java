package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.Interval;
import io.lorgnette.suite.Plan;
import io.lorgnette.suite.Published;
import io.lorgnette.suite.Results;
import io.lorgnette.suite.ResultsHtml;
import io.lorgnette.suite.ResultsPage;
import io.lorgnette.suite.ResultsText;
import io.lorgnette.suite.Runs;
import io.lorgnette.suite.Step;
import io.lorgnette.suite.Suite;
import io.lorgnette.suite.SuiteRun;
import io.lorgnette.suite.TableSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette table}: the tables of a suite, their missing runs made first. */
@Command(
    name = "table",
    description = {
      "Trains and asks what tables still need, then prints them: our scores with 95 %% intervals over"
          + " images and seeds, published ones beside them, and which orderings hold.",
      "Finished runs are used again, a stopped one goes on. Each run is a folder that train and"
          + " evaluate could have written.",
      "The same command may run several times at once, with one thread each: they share the steps."
    },
    footer = {
      "  lorgnette table captioning-in-domain --data ~/data --plan",
      "  lorgnette table captioning-in-domain vqa-in-domain --data ~/data --minutes 20",
      "  lorgnette table --all --show --as csv",
      "  lorgnette table --all --show --as html > results.html",
      "  lorgnette table --all --show --write docs",
    })
final class TableCommand implements Callable<Integer> {

  /** The forms of a table. */
  enum Form {
    MARKDOWN,
    CSV,
    HTML
  }

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Tables, in the order in which their runs are made.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "Every table of the suite.")
  private boolean all;

  @Option(
      names = "--suite",
      paramLabel = "DIR",
      defaultValue = "recipes/tables",
      description = "Folder of the suite (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/tables",
      description = "Folder of the run folders (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--plan",
      description = "List the runs with what is there and how long the rest may take; run nothing.")
  private boolean plan;

  @Option(names = "--show", description = "Print the tables as far as they are; run nothing.")
  private boolean show;

  @Option(
      names = "--as",
      paramLabel = "FORM",
      defaultValue = "markdown",
      description = "markdown, csv or html, which is a whole page (default: ${DEFAULT-VALUE}).")
  private Form form;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description =
          "Write results.md into this folder too, and beside it in results/ the curves and the"
              + " records of the runs, without weights.")
  private Path page;

  @Mixin private PiecesOptions pieces;

  @Override
  public Integer call() {
    Console console = root.console();
    Suite suite = Suite.read(folder);
    if (names.isEmpty() && !all) {
      throw new InputException(
          "no table is named; give --all or some of " + String.join(", ", TableSpec.names(suite)));
    }
    List<String> wanted = new ArrayList<>(names);
    if (all) {
      TableSpec.names(suite).stream().filter(n -> !names.contains(n)).forEach(wanted::add);
    }
    List<TableSpec> tables = wanted.stream().map(name -> TableSpec.read(suite, name)).toList();
    Runs runs = new Runs(suite, out);
    if (plan) {
      print(console, runs, Plan.of(runs, tables));
      return 0;
    }
    if (!show) {
      SuiteRunner runner = pieces.runner(console);
      int code = runner.run(() -> Plan.of(runs, tables), out);
      if (code == Failures.INTERRUPTED) {
        console.say("Stopped; what has ended is kept.");
        goOn(console);
      }
      if (code != 0) {
        return code;
      }
    }
    results(console, runs, tables);
    if (page != null) {
      new ResultsPage(runs, tables).write(page);
      console.say("Written: " + page.resolve("results.md"));
    }
    long open = Plan.of(runs, tables).stream().filter(Step::open).count();
    if (open > 0 && !show) {
      console.say(open + " steps are open.");
      goOn(console);
    }
    return 0;
  }

  private void goOn(Console console) {
    console.say("Go on with:");
    console.say("  lorgnette " + RunOptions.quoted(spec.root()));
  }

  private void results(Console console, Runs runs, List<TableSpec> tables) {
    if (form == Form.HTML && !console.json()) {
      console.result(new ResultsHtml(runs, tables).html().stripTrailing());
      return;
    }
    Published published = Published.read(runs.suite());
    List<ResultsText> texts =
        tables.stream()
            .map(t -> new ResultsText(Results.of(runs, t, Interval.RESAMPLES), published))
            .toList();
    if (console.json()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      texts.forEach(text -> array.add(text.json()));
      console.result(array);
      return;
    }
    switch (form) {
      case CSV ->
          console.result(
              (ResultsText.csvHead()
                      + texts.stream().map(ResultsText::csv).collect(Collectors.joining()))
                  .stripTrailing());
      case MARKDOWN ->
          console.result(
              texts.stream()
                  .map(ResultsText::markdown)
                  .collect(Collectors.joining("\n"))
                  .stripTrailing());
      default -> throw new IllegalStateException(form.name().toLowerCase(Locale.ROOT));
    }
  }

  private static void print(Console console, Runs runs, List<Step> steps) {
    double left = Plan.hoursLeft(steps, runs.out());
    double spent = Plan.hoursSpent(runs.out());
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("hours", runs.suite().hours()).put("hoursSpent", spent);
      node.put("hoursLeft", left);
      ArrayNode array = node.putArray("steps");
      for (Step step : steps) {
        ObjectNode one = array.addObject();
        one.put("command", step.kind().command()).put("run", step.run());
        one.put("state", words(step.state())).put("minutes", step.minutes());
        step.arguments().forEach(one.putArray("arguments")::add);
      }
      console.result(node);
      return;
    }
    for (Step step : steps) {
      console.result(
          String.format(
                  Locale.ROOT,
                  "%-8s %-8s %6s  %s%s",
                  words(step.state()),
                  step.kind().command(),
                  step.open() ? String.format(Locale.ROOT, "%.1f", step.minutes()) : "",
                  step.run(),
                  asked(step))
              .stripTrailing());
    }
    long open = steps.stream().filter(Step::open).count();
    console.result(
        String.format(
            Locale.ROOT,
            "%,d steps, %,d open: about %.1f h of this machine left, %.1f h spent, %.1f h planned for the suite",
            steps.size(),
            open,
            left,
            spent,
            runs.suite().hours()));
  }

  /** What an evaluation is about. */
  private static String asked(Step step) {
    return step.kind().resumes()
        ? ""
        : " " + String.join(" ", step.arguments().subList(1, step.arguments().size()));
  }

  private static String words(SuiteRun.State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
