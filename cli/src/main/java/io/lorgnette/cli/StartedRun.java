package io.lorgnette.cli;

import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.train.TrainingLoop;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A run that is under way, new or resumed.
 *
 * @param record of its sessions, the present one not yet ended
 * @param numerics what it computes with
 * @param deadline when it is to stop of itself
 */
record StartedRun(RunFolder folder, RunRecord record, Numerics numerics, Deadline deadline) {

  /**
   * Makes a run's folder, or opens that of one to be resumed, and says what will be computed with.
   *
   * @param recipe the whole of it
   * @param seed of the training
   * @throws io.lorgnette.error.InputException if the folder is another run's, or this machine can
   *     not go on with the same bits
   */
  static StartedRun of(
      Console console,
      CommandSpec command,
      RunOptions options,
      EngineOptions engine,
      Recipe<?> recipe,
      long seed) {
    Deadline deadline = options.deadline();
    List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
    StartedRun run;
    if (options.resume()) {
      RunFolder folder = RunFolder.open(options.out());
      RunRecord record = RunRecord.open(folder);
      record.requireSameRecipe(recipe);
      Numerics numerics = engine.resume(record.numerics(), options.acceptDifferentNumerics());
      run = new StartedRun(folder, record.resume(arguments, numerics), numerics, deadline);
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
              deadline);
    }
    console.say("Computing with " + run.numerics + " (" + run.numerics.kernels() + ").");
    return run;
  }

  /** What stops the run at the end of a step when Ctrl-C comes or time is up. */
  Interrupt interrupt(Console console) {
    return new Interrupt(
        () -> console.say("\nStopping after this step. Ctrl-C again ends at once."), deadline);
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
