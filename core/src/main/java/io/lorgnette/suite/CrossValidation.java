package io.lorgnette.suite;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A recipe that is trained once for each fold of a data set's images, each run asked about the fold
 * that it was not trained on. Like a table it is a plan of commands, and its runs are folders that
 * {@code train} and {@code evaluate} could have written.
 *
 * @param recipe file
 * @param set changes to it, as {@code --set} takes them
 * @param on the data set whose images are parted, in every split that the recipe learns from
 * @param folds how many parts
 * @param seed of the parting
 * @param out folder of the run folders
 * @param system that is trained, as recipes name it
 * @param name of the system's folders: that and a hash of recipe, folds and seed
 * @param parted places in {@code data.train} of what is parted
 */
public record CrossValidation(
    Path recipe,
    List<String> set,
    String on,
    int folds,
    long seed,
    Path out,
    String system,
    String name,
    List<Integer> parted) {

  /** What an evaluation of a fold printed, as JSON: there once it has ended. */
  private static final String ASKED = "held-out.json";

  private static final String RUN = "run.json";
  private static final String NUMERICS = "numerics";

  public CrossValidation {
    set = List.copyOf(set);
    parted = List.copyOf(parted);
  }

  /**
   * Reads the recipe and sees what is to be parted.
   *
   * @throws InputException if the recipe is wrong, does not learn from the data set, or would
   *     choose its weights by images that are held out
   */
  public static CrossValidation of(
      Path recipe, List<String> set, String on, int folds, long seed, Path out) {
    if (folds < 2) {
      throw new InputException("there must be at least 2 folds, but " + folds + " are asked for");
    }
    ConnectorRecipe.Data data =
        WrittenRecipe.read(recipe, set, ConnectorRecipe::read).recipe().data();
    List<Integer> parted =
        IntStream.range(0, data.train().size())
            .filter(i -> named(data.train().get(i), on))
            .boxed()
            .toList();
    if (parted.isEmpty()) {
      throw new InputException(
          recipe + " does not learn from " + on + ": no set of its data.train has that name");
    }
    if (data.validation().stream().anyMatch(spec -> named(spec, on))) {
      throw new InputException(
          recipe
              + " has "
              + on
              + " in data.validation, so its weights would be chosen by images that are held out;"
              + " validate on something else, or on nothing with --set data.validation=[]");
    }
    CrossValidation unnamed =
        new CrossValidation(recipe, set, on, folds, seed, out, "", "", parted);
    WrittenRecipe<ConnectorRecipe> first =
        WrittenRecipe.read(recipe, unnamed.changes(1), ConnectorRecipe::read);
    String system = first.recipe().method().kind().id();
    String name = system + "." + first.hash();
    return new CrossValidation(recipe, set, on, folds, seed, out, system, name, parted);
  }

  private static boolean named(DatasetSpec spec, String name) {
    return spec.common().name().equals(name);
  }

  /** All changes to the recipe for one fold. */
  private List<String> changes(int fold) {
    List<String> all = new ArrayList<>(set);
    for (int at : parted) {
      all.add(
          "data.train."
              + at
              + ".hold_out={folds: "
              + folds
              + ", fold: "
              + fold
              + ", seed: "
              + seed
              + "}");
    }
    return all;
  }

  /** The folder of a fold's run; folds are counted from 1. */
  public Path run(int fold) {
    return out.resolve(name + ".fold-" + fold);
  }

  /** The folder of what all folds said. */
  public Path folder() {
    return out.resolve(name);
  }

  /** Training and question of one fold, as far as they are. */
  public List<Step> steps(int fold) {
    Path run = run(fold);
    String own = run.getFileName().toString();
    List<String> train = new ArrayList<>(List.of(recipe.toString()));
    changes(fold).forEach(change -> train.addAll(List.of("--set", change)));
    train.addAll(List.of("--out", run.toString()));
    SuiteRun.State trained = SuiteRun.trained(run);
    boolean failed = trained == SuiteRun.State.FAILED;
    SuiteRun.State asked =
        Files.exists(run.resolve(ASKED))
            ? SuiteRun.State.DONE
            : failed ? SuiteRun.State.FAILED : SuiteRun.State.TO_DO;
    return List.of(
        new Step(Step.Kind.TRAIN, own, run, train, "", trained, 0, List.of()),
        new Step(
            Step.Kind.EVALUATE,
            own,
            run,
            List.of(run.toString(), "--held-out"),
            ASKED,
            asked,
            0,
            List.of(own)));
  }

  /**
   * What the runs of all folds said, put together and scored as a whole: one evaluation for each
   * task, and behind them, where several splits are parted, one for each of these.
   *
   * @throws InputException if a fold was not asked yet, or failed
   */
  public List<EvaluationRecord> pooled() {
    Map<String, List<EvaluationRecord>> whole = new LinkedHashMap<>();
    Map<String, List<EvaluationRecord>> splits = new LinkedHashMap<>();
    for (int fold = 1; fold <= folds; fold++) {
      for (EvaluationRecord record : asked(fold)) {
        String rest = record.task().id() + "-" + folds + "-folds";
        add(whole, on + "-" + rest, record);
        add(splits, on + "-" + record.split() + "-" + rest, record);
      }
    }
    if (splits.size() > whole.size()) {
      whole.putAll(splits);
    }
    return whole.entrySet().stream()
        .map(one -> EvaluationRecord.pooled(one.getKey(), one.getValue()))
        .toList();
  }

  private static void add(
      Map<String, List<EvaluationRecord>> parts, String name, EvaluationRecord record) {
    parts.computeIfAbsent(name, key -> new ArrayList<>()).add(record);
  }

  private List<EvaluationRecord> asked(int fold) {
    Path run = run(fold);
    if (!Files.exists(run.resolve(ASKED))) {
      throw new InputException(
          "fold "
              + fold
              + " of "
              + folds
              + " was not trained and asked to its end, see "
              + run
              + (Files.exists(run.resolve(SuiteRun.FAILED))
                  ? "; it failed, remove " + SuiteRun.FAILED + " there to try it again"
                  : ""));
    }
    RunFolder folder = RunFolder.open(run);
    return EvaluationRecord.names(folder).stream()
        .filter(EvaluationRecord::isOfHeldOut)
        .map(name -> EvaluationRecord.read(folder, name))
        .toList();
  }

  /** Writes what {@link #pooled} found as a run of its own, with the records of the folds' runs. */
  public RunFolder write(List<EvaluationRecord> pooled) {
    PageFiles.clear(folder());
    RunFolder to = RunFolder.create(folder());
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("command", "cross-validate");
    node.put("system", system).put("on", on).put("folds", folds).put("seed", seed);
    node.set(NUMERICS, RunFolder.open(run(1)).readJson(RUN).path(NUMERICS));
    ArrayNode runs = node.putArray("runs");
    for (int fold = 1; fold <= folds; fold++) {
      runs.add(RunFolder.open(run(fold)).readJson(RUN));
    }
    to.writeJson(RUN, node);
    pooled.forEach(record -> record.write(to));
    return to;
  }
}
