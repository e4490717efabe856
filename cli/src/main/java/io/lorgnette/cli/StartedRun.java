package io.lorgnette.cli;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.train.TrainingLoop;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A run that is under way, new or resumed.
 *
 * @param record of its sessions, the present one not yet ended
 * @param numerics what it computes with
 * @param group of processes that work on it
 * @param deadline when it is to stop of itself
 */
record StartedRun(
    RunFolder folder, RunRecord record, Numerics numerics, ProcessGroup group, Deadline deadline) {

  /**
   * Makes a run's folder, or opens that of one to be resumed, and says what will be computed with.
   *
   * @param recipe the whole of it
   * @param seed of the training
   * @param group of processes that work on it, of which one has the folder and the last word about
   *     what is computed with
   * @throws io.lorgnette.error.InputException if the folder is another run's, or this machine can
   *     not go on with the same bits
   */
  static StartedRun of(
      Console console,
      CommandSpec command,
      RunOptions options,
      EngineOptions engine,
      Recipe<?> recipe,
      long seed,
      ProcessGroup group) {
    Deadline deadline = options.deadline();
    List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
    if (!group.speaks()) {
      return follow(command, options, recipe, group);
    }
    StartedRun run;
    if (options.resume()) {
      RunFolder folder = RunFolder.open(options.out());
      RunRecord record = RunRecord.open(folder);
      record.requireSameRecipe(recipe);
      Numerics numerics = engine.resume(record.numerics(), options.acceptDifferentNumerics());
      int before = record.processes();
      if (before != group.size()) {
        console.say(
            String.format(
                Locale.ROOT,
                "The run had %d processes and goes on with %d: on the same curve within rounding.",
                before,
                group.size()));
      }
      run = new StartedRun(folder, record.resume(arguments, numerics), numerics, group, deadline);
    } else {
      options.out();
      Numerics numerics = engine.chooseSideBySide();
      RunFolder folder = RunFolder.create(options.out());
      Map<String, Long> seeds = Map.of("train", seed);
      run =
          new StartedRun(
              folder,
              RunRecord.start(folder, command.name(), arguments, recipe, seeds, numerics),
              numerics,
              group,
              deadline);
    }
    run.record.processes(group.size());
    group.first(Agreed.text(run.numerics, recipe));
    GroupOptions.requireOwnGpu(run.numerics.device(), System.getenv());
    console.say("Computing with " + run.numerics + " (" + run.numerics.kernels() + ").");
    return run;
  }

  /** A process that works on the run without having its folder. */
  private static StartedRun follow(
      CommandSpec command, RunOptions options, Recipe<?> recipe, ProcessGroup group) {
    Numerics numerics = Agreed.numerics(group.first(""), recipe, group);
    GroupOptions.requireOwnGpu(numerics.device(), System.getenv());
    RunFolder folder = RunFolder.silent(options.out());
    RunRecord record =
        RunRecord.start(folder, command.name(), List.of(), recipe, Map.of(), numerics);
    return new StartedRun(folder, record, numerics, group, options.deadline());
  }

  /** What process 0 tells the others before anything is computed: numerics, then the recipe. */
  private static final class Agreed {

    private static final int NUMERICS = 4; // lines

    static String text(Numerics numerics, Recipe<?> recipe) {
      return numerics.device().name()
          + "\n"
          + numerics.format().name()
          + "\n"
          + numerics.threads()
          + "\n"
          + numerics.kernels()
          + "\n"
          + recipe.resolvedYaml();
    }

    static Numerics numerics(String text, Recipe<?> recipe, ProcessGroup group) {
      String[] said = text.split("\n", NUMERICS + 1);
      if (!said[NUMERICS].equals(recipe.resolvedYaml())) {
        throw new InputException(
            "process "
                + group.rank()
                + " was given another recipe than process 0; give all the same file and --set");
      }
      return new Numerics(
          Device.valueOf(said[0]), Dtype.valueOf(said[1]), Integer.parseInt(said[2]), said[3]);
    }
  }

  /** What stops the run at the end of a step when Ctrl-C comes or time is up. */
  Interrupt interrupt(Console console) {
    Interrupt interrupt =
        new Interrupt(
            () -> console.say("\nStopping after this step. Ctrl-C again ends at once."), deadline);
    LocalProcesses.afterParent(System.getenv(), interrupt::request);
    return interrupt;
  }

  /** Says how to go on if the run was stopped; the exit code, 0 where that was its time's end. */
  int end(Console console, CommandSpec command, TrainingLoop.Result result) {
    if (result.end() != TrainingLoop.End.STOPPED) {
      return 0;
    }
    boolean timeIsUp = deadline.passed();
    console.say(
        (timeIsUp ? "Time is up" : "Stopped")
            + "; the checkpoint is in "
            + folder.checkpoints()
            + ". Go on with:");
    console.say("  lorgnette " + String.join(" ", RunOptions.goOn(command.root())));
    return timeIsUp ? 0 : Failures.INTERRUPTED;
  }
}
