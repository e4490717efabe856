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
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Takes the open steps of a plan one after the other. Each is a command of this program, with the
 * arguments that a person would give it, so a run can be made again without the suite. Several
 * processes may work in one folder: each takes what no other has and what waits for nothing.
 */
final class SuiteRunner {

  /** A step that has less than this left of its time is not begun. */
  private static final double SHORTEST_MINUTES = 0.05;

  /** How often it is seen whether somebody asks to stop while other processes' steps go on. */
  private static final long WAIT_MILLIS = 250;

  /** After so many times the plan is made anew, which reads all runs. */
  private static final int WAITS = 20;

  /** The part of the folder that is taken while nothing says how its runs compute. */
  private static final String FIRST = "first";

  /** Where records are kept in whose place a run was made again. */
  private static final String REPLACED = ".replaced";

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
   * @throws io.lorgnette.error.InputException if the folder can not be written
   */
  int run(Supplier<List<Step>> plan, Path out) {
    try (Interrupt interrupt =
        new Interrupt(
            () -> console.say("\nStopping after this step. Ctrl-C again ends at once."))) {
      return run(plan, out, interrupt);
    }
  }

  private int run(Supplier<List<Step>> plan, Path out, Interrupt interrupt) {
    boolean waiting = false;
    while (deadline.minutes() > SHORTEST_MINUTES) {
      List<Step> steps = plan.get();
      if (steps.stream().noneMatch(Step::open)) {
        return 0;
      }
      OptionalInt code = first(plan, steps, out);
      if (code.isEmpty() && !waiting) {
        console.say("Waiting for steps of another process ...");
      }
      waiting = code.isEmpty();
      for (int i = 0; waiting && i < WAITS && !interrupt.pressed(); i++) {
        sleep();
      }
      int ended = code.orElse(0);
      if (interrupt.pressed() && (ended == 0 || ended == Failures.INTERRUPTED)) {
        return Failures.INTERRUPTED;
      }
      if (ended != 0) {
        return ended;
      }
    }
    console.say("Time is up.");
    return 0;
  }

  private static void sleep() {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes the first step that no other process is at; empty if there is none. */
  private OptionalInt first(Supplier<List<Step>> plan, List<Step> steps, Path out) {
    for (String run : Step.ready(steps).stream().map(Step::run).distinct().toList()) {
      Optional<FolderLock> lock = FolderLock.ofPart(out, run);
      if (lock.isPresent()) {
        try (FolderLock own = lock.get()) {
          // Another process may have been at it since the plan was made.
          List<Step> now = plan.get();
          Optional<Step> step =
              Step.ready(now).stream().filter(s -> s.run().equals(run)).findFirst();
          if (step.isPresent()) {
            return take(step.get(), now, out);
          }
        }
      }
    }
    return OptionalInt.empty();
  }

  /**
   * All runs of a suite compute alike: as the first one of the folder did, or as is asked. Who is
   * first keeps the others waiting until that run is there.
   */
  private OptionalInt take(Step step, List<Step> steps, Path out) {
    Optional<Numerics> earlier = earlier(out);
    if (earlier.isPresent()) {
      return OptionalInt.of(take(step, steps, engine.arguments(earlier.get())));
    }
    Optional<FolderLock> first = FolderLock.ofPart(out, FIRST);
    if (first.isEmpty()) {
      return OptionalInt.empty();
    }
    try (FolderLock own = first.get()) {
      Numerics numerics = earlier(out).orElseGet(engine::chooseSideBySide);
      return OptionalInt.of(take(step, steps, engine.arguments(numerics)));
    }
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
    if (step.kind() == Step.Kind.TRAIN && step.state() == SuiteRun.State.TO_DO) {
      setAside(step.folder());
    }
    StringWriter kept = new StringWriter();
    // What a step prints is no result of this command.
    Writer results = step.result().isEmpty() ? console.err() : kept;
    int code =
        Main.commandLine(new PrintWriter(results, true), console.err())
            .execute(arguments.toArray(String[]::new));
    if (code == 0 && !step.result().isEmpty()) {
      RunFolder.open(step.folder()).writeJson(step.result(), json(kept.toString()));
    }
    if (code == Failures.FAILED) {
      fail(step, code);
      return 0;
    }
    return code;
  }

  /**
   * Records without weights make room for a run that has both; they are kept, for a run of another
   * machine is not this one to the last bit.
   */
  private void setAside(Path folder) {
    if (!Files.exists(folder.resolve("run.json"))) {
      return;
    }
    try {
      Path kept = Files.createDirectories(folder.resolveSibling(REPLACED));
      Path place = kept.resolve(folder.getFileName());
      for (int i = 2; Files.exists(place); i++) {
        place = kept.resolve(folder.getFileName() + "." + i);
      }
      Files.move(folder, place);
      console.say("Only its records were here, without weights; they are kept in " + place + ".");
    } catch (IOException e) {
      throw new UncheckedIOException("can not move " + folder + ": " + e.getMessage(), e);
    }
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
