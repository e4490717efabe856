package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.suite.Step;
import io.lorgnette.suite.SuiteRun;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Takes the open steps of a plan one after the other. Each is a command of this program, with the
 * arguments that a person would give it, so a run can be made again without the suite.
 */
final class SuiteRunner {

  /** A step that has less than this left of its time is not begun. */
  private static final double SHORTEST_MINUTES = 0.05;

  private final Console console;
  private final DataFolderOption data;
  private final EngineOptions engine;
  private final Deadline deadline;

  SuiteRunner(Console console, DataFolderOption data, EngineOptions engine, Deadline deadline) {
    this.console = console;
    this.data = data;
    this.engine = engine;
    this.deadline = deadline;
  }

  /**
   * Runs what is open until nothing is, or time is up. A request to stop ends it after the step at
   * hand, which a training writes a checkpoint for.
   *
   * @param plan made anew after every step, for what is found decides what is next
   * @param out folder of the runs
   * @return 0, or the exit code of the step that stopped everything
   * @throws io.lorgnette.error.InputException if another process works in the folder
   */
  int run(Supplier<List<Step>> plan, Path out) {
    try (FolderLock lock = FolderLock.of(out);
        Interrupt interrupt =
            new Interrupt(
                () -> console.say("\nStopping after this step. Ctrl-C again ends at once."))) {
      return run(plan, out, interrupt);
    }
  }

  private int run(Supplier<List<Step>> plan, Path out, Interrupt interrupt) {
    List<String> numerics = null;
    while (deadline.minutes() > SHORTEST_MINUTES) {
      List<Step> steps = plan.get();
      Optional<Step> next = steps.stream().filter(Step::open).findFirst();
      if (next.isEmpty()) {
        return 0;
      }
      if (numerics == null) {
        numerics = numerics(out);
      }
      int code = take(next.get(), steps, numerics);
      if (interrupt.pressed() && (code == 0 || code == Failures.INTERRUPTED)) {
        return Failures.INTERRUPTED;
      }
      if (code == Failures.FAILED) {
        fail(next.get(), code);
      } else if (code != 0) {
        return code;
      }
    }
    console.say("Time is up.");
    return 0;
  }

  /** All runs of a suite compute alike: as the first one of the folder did, or as is asked. */
  private List<String> numerics(Path out) {
    return engine.arguments(earlier(out).orElseGet(engine::chooseSideBySide));
  }

  private static Optional<Numerics> earlier(Path out) {
    if (!Files.isDirectory(out)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(out)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("run.json")))
          .sorted()
          .findFirst()
          .map(folder -> RunRecord.open(RunFolder.open(folder)).numerics());
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + out + ": " + e.getMessage(), e);
    }
  }

  private int take(Step step, List<Step> steps, List<String> numerics) {
    long open = steps.stream().filter(Step::open).count();
    List<String> arguments = arguments(step, numerics);
    console.say(
        String.format(
            Locale.ROOT,
            "Step %,d of %,d%s: lorgnette %s",
            steps.size() - open + 1,
            steps.size(),
            step.minutes() > 0
                ? String.format(Locale.ROOT, ", about %.1f minutes", step.minutes())
                : "",
            String.join(" ", arguments)));
    StringWriter kept = new StringWriter();
    // What a step prints is no result of this command.
    Writer results = step.result().isEmpty() ? console.err() : kept;
    int code =
        Main.commandLine(new PrintWriter(results, true), console.err())
            .execute(arguments.toArray(String[]::new));
    if (code == 0 && !step.result().isEmpty()) {
      RunFolder.open(step.folder()).writeJson(step.result(), json(kept.toString()));
    }
    return code;
  }

  private List<String> arguments(Step step, List<String> numerics) {
    List<String> arguments = new ArrayList<>(List.of(step.kind().command()));
    arguments.addAll(step.arguments());
    arguments.addAll(data.arguments());
    boolean resumed = step.state() == SuiteRun.State.STARTED;
    if (resumed) {
      arguments.add("--resume");
    } else {
      arguments.addAll(numerics);
    }
    if (step.kind().resumes() && deadline.any()) {
      arguments.addAll(
          List.of("--minutes", String.format(Locale.ROOT, "%.2f", deadline.minutes())));
    }
    if (!step.result().isEmpty()) {
      arguments.add("--json");
    }
    if (console.quiet()) {
      arguments.add("--quiet");
    }
    return arguments;
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("a command's --json is not JSON", e);
    }
  }

  /** A run that fails, by a rate that is too high say, is no reason not to make the others. */
  private void fail(Step step, int code) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("command", step.kind().command()).put("exitCode", code);
    RunFolder folder =
        Files.exists(step.folder().resolve("run.json"))
            ? RunFolder.open(step.folder())
            : RunFolder.create(step.folder());
    folder.writeJson(SuiteRun.FAILED, node);
    console.say(
        "The run failed and is passed over; remove "
            + step.folder().resolve(SuiteRun.FAILED)
            + " to try it again.");
  }
}
