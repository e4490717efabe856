package io.lorgnette.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One command of a plan.
 *
 * @param kind which command
 * @param run name of the run
 * @param folder of the run
 * @param arguments of the command, without its name, its data folder and its numerics
 * @param result file in the folder that the command's JSON output goes to; empty where the command
 *     writes the run itself
 * @param minutes that are left of it, estimated; 0 where nothing is, or nobody knows
 * @param after names of runs that have to be trained before
 */
public record Step(
    Kind kind,
    String run,
    Path folder,
    List<String> arguments,
    String result,
    SuiteRun.State state,
    double minutes,
    List<String> after) {

  /** The commands that a plan is made of. */
  public enum Kind {
    PRETRAIN("pretrain"),
    TRAIN("train"),
    /** What a training starts from. */
    BEFORE("train"),
    EVALUATE("evaluate"),
    RETRIEVE("retrieve");

    private final String command;

    Kind(String command) {
      this.command = command;
    }

    /** The command's name. */
    public String command() {
      return command;
    }

    /** Whether the command stops in good order and is gone on with. */
    public boolean resumes() {
      return this == PRETRAIN || this == TRAIN;
    }
  }

  public Step {
    arguments = List.copyOf(arguments);
    after = List.copyOf(after);
  }

  /** Whether there is something to do. */
  public boolean open() {
    return state == SuiteRun.State.TO_DO || state == SuiteRun.State.STARTED;
  }

  /** The open steps of a plan that wait for no other, in its order. */
  public static List<Step> ready(List<Step> plan) {
    Set<String> untrained =
        plan.stream()
            .filter(step -> step.open() && step.kind().resumes())
            .map(Step::run)
            .collect(Collectors.toSet());
    return plan.stream()
        .filter(step -> step.open() && step.after().stream().noneMatch(untrained::contains))
        .toList();
  }
}
