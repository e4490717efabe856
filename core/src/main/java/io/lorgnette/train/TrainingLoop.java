package io.lorgnette.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.distributed.LostProcessException;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Takes gradient steps until the schedule ends, patience is lost or someone asks to stop.
 *
 * <p>After any stop the run continues to bitwise the same weights as one that was never
 * interrupted: data and dropout depend on the seed and the step alone, and a checkpoint holds the
 * rest.
 */
public final class TrainingLoop {

  /** The parameters with the best score, or the last ones where nothing was evaluated. */
  public static final String BEST = "best.safetensors";

  private static final String LOSS = "loss";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** No gradient is as long; larger limits overflow in F32. */
  private static final double UNCLIPPED = 1e30;

  private final TrainingSettings settings;
  private final TrainingTask task;
  private final RunFolder folder;
  private final TrainingListener listener;
  private final int parts;
  private final ProcessGroup group;

  /**
   * A loop of a process alone, not yet started.
   *
   * @param folder gets {@code steps.jsonl} and {@code checkpoints/}
   * @param parts of a batch that are worked on side by side, each with one native thread; their
   *     number decides about the last bits
   */
  public TrainingLoop(
      TrainingSettings settings,
      TrainingTask task,
      RunFolder folder,
      TrainingListener listener,
      int parts) {
    this(settings, task, folder, listener, parts, ProcessGroup.alone());
  }

  /**
   * A loop that the processes of a group run together, each with its own shares of the batches. All
   * have the same parameters after each step.
   *
   * @param folder of process 0 gets {@code steps.jsonl} and {@code checkpoints/}; the others write
   *     nothing
   * @param parts of a batch that each process works on side by side
   */
  public TrainingLoop(
      TrainingSettings settings,
      TrainingTask task,
      RunFolder folder,
      TrainingListener listener,
      int parts,
      ProcessGroup group) {
    this.settings = settings;
    this.task = task;
    this.folder = folder;
    this.listener = listener;
    this.parts = parts;
    this.group = group;
  }

  /** How a run ended. */
  public enum End {
    /** All steps are taken. */
    FINISHED,
    /** The score has not improved for as many evaluations as patience allows. */
    EARLY,
    /** It was asked to stop; a checkpoint is written. */
    STOPPED
  }

  /**
   * What came out.
   *
   * @param step optimizer steps taken
   * @param best smallest deciding score, or infinity where nothing was evaluated
   * @param bestStep when it was reached
   */
  public record Result(End end, long step, double best, long bestStep) {}

  /**
   * Trains, from the newest checkpoint in the folder if there is one.
   *
   * @param stopRequested asked after every step; all processes stop when one is asked to
   * @throws NonFiniteLossException at the first loss that is not finite
   * @throws LostProcessException if another process is lost; the newest checkpoint is whole
   */
  public Result run(BooleanSupplier stopRequested) {
    try {
      return train(stopRequested);
    } catch (LostProcessException e) {
      throw e.with(
          "the newest checkpoint is whole: go on with --resume, with any number of processes");
    }
  }

  private Result train(BooleanSupplier stopRequested) {
    Map<String, Tensor> trained = task.trained();
    try (AdamW optimizer = new AdamW(trained, settings.optimizer(), task::decays, task::rate);
        PartGradients gradients = new PartGradients(trained, parts, group);
        WeightAverage average = new WeightAverage(trained, settings.average())) {
      TrainingState state = start(trained, optimizer, average);
      long last = settings.schedule().steps();
      while (state.step() < last) {
        state = step(state, optimizer, gradients);
        average.add(state.step());
        boolean end = state.step() == last;
        if (end || isMultiple(state.step(), settings.evaluateEvery())) {
          TrainingState reached = state;
          state = average.during(() -> evaluate(reached));
        }
        boolean early = settings.patience() > 0 && state.sinceBest() >= settings.patience();
        boolean stop = group.any(stopRequested.getAsBoolean());
        if (end || early || stop || isMultiple(state.step(), settings.checkpointEvery())) {
          save(state, trained, optimizer, average);
        }
        if (early || (stop && !end)) {
          return result(early ? End.EARLY : End.STOPPED, state);
        }
      }
      return result(End.FINISHED, state);
    }
  }

  private TrainingState start(Map<String, Tensor> trained, AdamW optimizer, WeightAverage average) {
    TrainingState state = TrainingState.START;
    if (folder.writes()) {
      state =
          TrainingState.restore(folder.checkpoints(), trained, optimizer, average).orElse(state);
      folder.dropStepsAfter(state.step());
    }
    return state.share(group, trained, optimizer, average);
  }

  private void save(
      TrainingState state, Map<String, Tensor> trained, AdamW optimizer, WeightAverage average) {
    if (folder.writes()) {
      state.save(folder.checkpoints(), trained, optimizer, average);
    }
  }

  /**
   * Takes over the best parameters that a run has found, in place.
   *
   * @param trained the run's leaves
   * @return whether it has found any and this process is to write them
   */
  static boolean takeBest(RunFolder folder, Map<String, Tensor> trained) {
    Path best = folder.checkpoints().resolve(BEST);
    if (!folder.writes() || !Files.exists(best)) {
      return false;
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Checkpoint checkpoint = Checkpoint.open(best)) {
      trained.forEach((name, tensor) -> tensor.copy_(checkpoint.get(name)));
    }
    return true;
  }

  private static boolean isMultiple(long step, long every) {
    return every > 0 && step % every == 0;
  }

  private static Result result(End end, TrainingState state) {
    return new Result(end, state.step(), state.best(), state.bestStep());
  }

  private TrainingState step(TrainingState state, AdamW optimizer, PartGradients gradients) {
    long start = System.nanoTime();
    optimizer.zeroGradients();
    double loss = 0;
    for (int micro = 0; micro < settings.accumulation(); micro++) {
      double share = 1.0 / settings.accumulation();
      long seed = mix(settings.seed(), state.step(), micro);
      List<TrainingTask.Part> work = task.parts(state.step(), micro, gradients.cut());
      boolean lastOne = micro + 1 == settings.accumulation();
      loss += share * gradients.add(work, share, seed, lastOne);
    }
    Map<String, Double> own = new LinkedHashMap<>();
    own.put(LOSS, loss);
    own.putAll(task.measured());
    Map<String, Double> sums = group.sums(own);
    loss = sums.get(LOSS);
    if (!Double.isFinite(loss)) {
      throw notFinite("the loss", state.step(), optimizer);
    }
    double norm = optimizer.clipGradients(settings.clip() > 0 ? settings.clip() : UNCLIPPED);
    if (!Double.isFinite(norm)) {
      throw notFinite("the norm of the gradients", state.step(), optimizer);
    }
    double rate = settings.learningRate() * settings.schedule().factor(state.step());
    optimizer.step(rate);
    long step = state.step() + 1;
    double seconds = (System.nanoTime() - start) / 1e9;
    ObjectNode line = JSON.createObjectNode();
    line.put("step", step).put(LOSS, loss).put("learningRate", rate).put("gradientNorm", norm);
    line.put("seconds", seconds);
    sums.forEach(line::put);
    folder.appendStep(line);
    listener.step(step, settings.schedule().steps(), loss, task.unitsPerStep() / seconds);
    return new TrainingState(step, state.best(), state.bestStep(), state.sinceBest());
  }

  private static NonFiniteLossException notFinite(String what, long step, AdamW optimizer) {
    String tensor = optimizer.firstNotFinite().orElse("none of the trained parameters");
    return new NonFiniteLossException(
        what
            + " is not finite at step "
            + (step + 1)
            + "; the first tensor that is not finite is "
            + tensor
            + ". Lower train.learning_rate, set train.clip, or use --format f32");
  }

  private TrainingState evaluate(TrainingState state) {
    Map<String, Double> values = task.evaluate();
    if (values.isEmpty()) {
      write(BEST);
      return state;
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("step", state.step());
    ObjectNode scores = line.putObject("evaluation");
    values.forEach(scores::put);
    folder.appendStep(line);
    listener.evaluated(state.step(), values);
    double value = values.values().iterator().next();
    if (value < state.best()) {
      write(BEST);
      return new TrainingState(state.step(), value, state.step(), 0);
    }
    return new TrainingState(state.step(), state.best(), state.bestStep(), state.sinceBest() + 1);
  }

  private void write(String name) {
    if (folder.writes()) {
      Path file = folder.checkpoints().resolve(name);
      Safetensors.write(file, task.trained(), Map.of());
    }
  }

  /** SplitMix64's finalizer over the three numbers: unrelated seeds for neighbouring steps. */
  static long mix(long seed, long step, long micro) {
    long z = seed * 0x9E3779B97F4A7C15L + step * 0xBF58476D1CE4E5B9L + micro;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 1;
  }
}
