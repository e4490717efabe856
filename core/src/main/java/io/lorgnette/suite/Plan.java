package io.lorgnette.suite;

import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The steps that tables need, in the order of what they tell for their time: the first seed of
 * every row before the second of any, each run asked all that any table asks of it as soon as it is
 * trained, while its weights are surely there. A learning rate is tried before the first run that
 * needs it. A run of which only the records are here is trained again if it is to be asked more, or
 * gone on from.
 */
public final class Plan {

  private static final double SECONDS = 60;

  /** Loading models, features and held-out losses on top of the steps themselves. */
  private static final double OVERHEAD = 1.1;

  /** Of a command that asks a run. */
  private static final double LOADING_SECONDS = 10;

  /** Of what a training starts from. */
  private static final double BEFORE_MINUTES = 0.3;

  private static final int FIRST = 1;

  /** Steps after which a rate is taken as measured. */
  private static final int MEASURED = 20;

  private final Runs runs;
  private final Map<String, Double> secondsPerStep = new HashMap<>();
  private final Map<String, Double> evaluationMinutes = new HashMap<>();
  private final Map<String, Step> steps = new LinkedHashMap<>();

  private Plan(Runs runs) {
    this.runs = runs;
  }

  /**
   * The steps of some tables as the run folders are now.
   *
   * @throws io.lorgnette.error.InputException if a recipe is wrong
   */
  public static List<Step> of(Runs runs, List<TableSpec> tables) {
    Plan plan = new Plan(runs);
    int most =
        tables.stream()
            .flatMap(t -> t.rows().stream())
            .mapToInt(TableSpec.Row::seeds)
            .max()
            .orElse(0);
    for (int seed = FIRST; seed <= most; seed++) {
      for (TableSpec table : tables) {
        for (TableSpec.Row row : table.rows()) {
          if (seed <= row.seeds()) {
            plan.add(table, row, seed);
          }
        }
      }
    }
    return plan.steps.values().stream()
        .collect(Collectors.groupingBy(Step::run, LinkedHashMap::new, Collectors.toList()))
        .values()
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private void add(TableSpec table, TableSpec.Row row, int seed) {
    List<String> after = new ArrayList<>();
    row.language()
        .filter(l -> l.recipe().isPresent())
        .ifPresent(language -> after.add(pretraining(language)));
    List<TableSpec.Column> asked = table.columns().stream().filter(row::asks).toList();
    if (!row.system().trained()) {
      asked(runs.of(row, seed), asked, after);
      return;
    }
    after.addAll(trials(row.system()));
    SuiteRun run = runs.of(row, seed);
    boolean needed = asked.stream().anyMatch(column -> !run.has(column));
    boolean again = needed && run.recordsAlone();
    boolean open = again || open(run);
    runs.start(row).ifPresent(start -> after.addAll(start(start, open)));
    training(run, after, again);
    after.add(run.name());
    questions(run, asked, after);
    if (seed == FIRST && runs.measuresBefore(row)) {
      before(run, after);
    }
  }

  /** The runs by which a system's rate is chosen, and their names. */
  private List<String> trials(Suite.SystemSpec system) {
    List<SuiteRun> trials = runs.trials(system);
    boolean open = trials.stream().anyMatch(Plan::open);
    List<String> after =
        trials.isEmpty()
            ? List.of()
            : runs.trialStart(system).map(start -> start(start, open)).orElseGet(List::of);
    trials.forEach(trial -> training(trial, after, false));
    return trials.stream().map(SuiteRun::name).toList();
  }

  private static boolean open(SuiteRun run) {
    SuiteRun.State state = run.state();
    return state == SuiteRun.State.TO_DO || state == SuiteRun.State.STARTED;
  }

  /**
   * What others go on from: its own rates, and the run; and their names.
   *
   * @param needed whether one of the others is still to be trained
   */
  private List<String> start(SuiteRun first, boolean needed) {
    List<String> after = new ArrayList<>(trials(first.system()));
    training(first, after, needed && first.recordsAlone());
    after.add(first.name());
    return after;
  }

  private String pretraining(Suite.Language language) {
    Path folder = runs.languageFolder(language);
    String name = folder.getFileName().toString();
    boolean done = Files.isDirectory(folder.resolve("model"));
    boolean started = Files.exists(folder.resolve("run.json"));
    SuiteRun.State state =
        done ? SuiteRun.State.DONE : started ? SuiteRun.State.STARTED : SuiteRun.State.TO_DO;
    Path recipe = runs.suite().folder().resolve(language.recipe().orElseThrow());
    put(
        new Step(
            Step.Kind.PRETRAIN,
            name,
            folder,
            List.of(recipe.toString(), "--out", folder.toString()),
            "",
            state,
            done ? 0 : language.minutes(),
            List.of()));
    return name;
  }

  private void before(SuiteRun run, List<String> after) {
    List<String> arguments = recipe(run);
    arguments.add("--before");
    SuiteRun.State training = run.state();
    SuiteRun.State state =
        run.before().isPresent()
            ? SuiteRun.State.DONE
            : training == SuiteRun.State.FAILED ? training : SuiteRun.State.TO_DO;
    put(
        new Step(
            Step.Kind.BEFORE,
            run.name(),
            run.folder(),
            arguments,
            SuiteRun.BEFORE,
            state,
            state == SuiteRun.State.TO_DO ? BEFORE_MINUTES : 0,
            after));
  }

  /** A run's recipe with its changes, as arguments. */
  private static List<String> recipe(SuiteRun run) {
    List<String> arguments = new ArrayList<>(List.of(run.recipe().toString()));
    run.set().forEach(change -> arguments.addAll(List.of("--set", change)));
    return arguments;
  }

  private void training(SuiteRun run, List<String> after, boolean again) {
    List<String> arguments = recipe(run);
    arguments.addAll(List.of("--out", run.folder().toString()));
    SuiteRun.State state = again ? SuiteRun.State.TO_DO : run.state();
    double left = again ? run.steps() : open(run) ? run.steps() - run.taken() : 0;
    put(
        new Step(
            Step.Kind.TRAIN,
            run.name(),
            run.folder(),
            arguments,
            "",
            state,
            OVERHEAD * left * secondsPerStep(run) / SECONDS,
            after));
  }

  /** One command for each data set, with all its numbers of shots. */
  private void questions(SuiteRun run, List<TableSpec.Column> columns, List<String> after) {
    grouped(columns)
        .forEach(
            (key, group) -> {
              TableSpec.Column one = group.get(0);
              List<String> arguments = new ArrayList<>(List.of(run.folder().toString()));
              arguments.addAll(List.of("--on", one.on(), "--split", one.split().devName()));
              if (one.retrieval()) {
                String result = SuiteRun.retrieval(one);
                asked(run, key, group, Step.Kind.RETRIEVE, arguments, result, after);
                return;
              }
              if (one.shuffled()) {
                arguments.add("--shuffle-photos");
              }
              arguments.addAll(List.of("--shots", shots(run, group)));
              asked(run, key, group, Step.Kind.EVALUATE, arguments, "", after);
            });
  }

  private void asked(
      SuiteRun run,
      String key,
      List<TableSpec.Column> group,
      Step.Kind kind,
      List<String> arguments,
      String result,
      List<String> after) {
    List<TableSpec.Column> missing = group.stream().filter(c -> !run.has(c)).toList();
    boolean failed = Files.exists(run.folder().resolve(SuiteRun.FAILED));
    SuiteRun.State state =
        missing.isEmpty()
            ? SuiteRun.State.DONE
            : failed ? SuiteRun.State.FAILED : SuiteRun.State.TO_DO;
    double minutes =
        missing.stream()
            .collect(Collectors.toMap(TableSpec.Column::evaluation, this::minutes, Math::max))
            .values()
            .stream()
            .mapToDouble(Double::doubleValue)
            .sum();
    put(
        key,
        new Step(
            kind,
            run.name(),
            run.folder(),
            arguments,
            result,
            state,
            state == SuiteRun.State.TO_DO ? minutes : 0,
            after));
  }

  /**
   * Of an evaluation: the mean of those that were made, with their loading, or what is expected.
   */
  private double minutes(TableSpec.Column column) {
    return evaluationMinutes.computeIfAbsent(
        column.evaluation(),
        name ->
            folders(runs.out()).stream()
                .filter(folder -> Files.exists(folder.path().resolve(EvaluationRecord.file(name))))
                .mapToDouble(folder -> seconds(folder, name))
                .average()
                .stream()
                .map(seconds -> (seconds + LOADING_SECONDS) / SECONDS)
                .findFirst()
                .orElse(column.minutes()));
  }

  private static double seconds(RunFolder folder, String evaluation) {
    return folder.readJson(EvaluationRecord.file(evaluation)).path("seconds").asDouble();
  }

  private static Map<String, List<TableSpec.Column>> grouped(List<TableSpec.Column> columns) {
    return columns.stream()
        .collect(
            Collectors.groupingBy(
                c ->
                    c.on()
                        + "-"
                        + c.split().devName()
                        + (c.shuffled() ? "-shuffled" : "")
                        + (c.retrieval() ? "-retrieval" : ""),
                LinkedHashMap::new,
                Collectors.toList()));
  }

  /** Those that are missing, or all where none is. */
  private static String shots(SuiteRun run, List<TableSpec.Column> columns) {
    List<TableSpec.Column> missing = columns.stream().filter(c -> !run.has(c)).toList();
    return (missing.isEmpty() ? columns : missing)
        .stream()
            .map(TableSpec.Column::shots)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(","));
  }

  /** A recipe that trains nothing has a folder for each data set that it is asked about. */
  private void asked(SuiteRun run, List<TableSpec.Column> columns, List<String> after) {
    grouped(columns)
        .forEach(
            (key, group) -> {
              TableSpec.Column one = group.get(0);
              SuiteRun on = run.on(one);
              List<String> arguments = recipe(run);
              arguments.addAll(List.of("--on", one.on(), "--split", one.split().devName()));
              arguments.addAll(List.of("--shots", shots(on, group)));
              arguments.addAll(List.of("--out", on.folder().toString()));
              asked(on, key, group, Step.Kind.EVALUATE, arguments, "", after);
            });
  }

  private void put(Step step) {
    put("", step);
  }

  /** The same step of another table is added to, for it may ask for more. */
  private void put(String key, Step step) {
    String whole = step.kind() + " " + step.run() + " " + key;
    Step before = steps.get(whole);
    if (before == null || (!before.open() && step.open())) {
      steps.put(whole, step);
    } else if (before.open() && step.open() && !before.arguments().equals(step.arguments())) {
      steps.put(whole + " " + String.join(" ", step.arguments()), step);
    }
  }

  private double secondsPerStep(SuiteRun run) {
    return secondsPerStep.computeIfAbsent(
        run.system().name() + " " + run.batch(),
        key -> measured(run).orElse(run.batch() / run.system().unitsPerSecond()));
  }

  /** The median second of steps of the same system, from its trials or runs. */
  private Optional<Double> measured(SuiteRun run) {
    List<SuiteRun> own = new ArrayList<>(runs.trials(run.system()));
    own.add(run);
    return own.stream().map(Plan::median).flatMap(Optional::stream).findFirst();
  }

  private static Optional<Double> median(SuiteRun run) {
    if (run.record().isEmpty()) {
      return Optional.empty();
    }
    double[] seconds =
        RunFolder.open(run.folder()).steps().stream()
            .filter(line -> line.path("seconds").isNumber())
            .mapToDouble(
                line -> line.path("seconds").asDouble() / line.path(RunRecords.OF).asInt(1))
            .sorted()
            .toArray();
    return seconds.length < MEASURED ? Optional.empty() : Optional.of(seconds[seconds.length / 2]);
  }

  /**
   * The hours of the machine that are left of some steps, estimated.
   *
   * @param out folder of their runs, as far as they are
   */
  public static double hoursLeft(List<Step> steps, Path out) {
    return share(out) * steps.stream().mapToDouble(Step::minutes).sum() / SECONDS;
  }

  /**
   * The hours of the machine that the runs in a folder have taken: their training steps and their
   * evaluations. A run with half as many threads as there are processors takes half the machine.
   *
   * @param out folder of run folders; may not exist yet
   */
  public static double hoursSpent(Path out) {
    double seconds = folders(out).stream().mapToDouble(Plan::secondsSpent).sum();
    return share(out) * seconds / (SECONDS * SECONDS);
  }

  /** The part of the machine that a run takes; all of it where nothing is known. */
  private static double share(Path out) {
    return folders(out).stream()
        .map(folder -> folder.readJson("run.json").path("sessions").path(0))
        .filter(session -> session.path("processors").asInt() > 0)
        .mapToDouble(
            session ->
                session.path("numerics").path("threads").asDouble()
                    / session.path("processors").asInt())
        .map(share -> Math.min(share, 1))
        .findFirst()
        .orElse(1);
  }

  /** The runs that are in a folder. */
  private static List<RunFolder> folders(Path out) {
    if (!Files.isDirectory(out)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(out)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("run.json")))
          .sorted()
          .map(RunFolder::open)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + out + ": " + e.getMessage(), e);
    }
  }

  private static double secondsSpent(RunFolder run) {
    double training =
        run.steps().stream().mapToDouble(line -> line.path("seconds").asDouble()).sum();
    return training + EvaluationRecord.names(run).stream().mapToDouble(n -> seconds(run, n)).sum();
  }
}
