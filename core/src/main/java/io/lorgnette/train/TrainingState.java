package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Where a run stands, on disk: trained parameters, their average, optimizer, step, best value so
 * far. Saving and loading stand side by side because one is useless without the other.
 *
 * @param step optimizer steps taken
 * @param best smallest value of the deciding score, or infinity
 * @param bestStep where it was reached
 * @param sinceBest evaluations since
 */
record TrainingState(long step, double best, long bestStep, int sinceBest) {

  static final TrainingState START = new TrainingState(0, Double.POSITIVE_INFINITY, 0, 0);

  private static final String PARAMETERS = "trained.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String AVERAGE = "average.safetensors";
  private static final String STATE = "state.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes a folder {@code step-N} under a temporary name, then moves it into place. */
  void save(Path checkpoints, Map<String, Tensor> trained, AdamW optimizer, WeightAverage average) {
    Path target = checkpoints.resolve(name(step));
    Path temporary = checkpoints.resolve("." + name(step) + ".tmp");
    try {
      delete(temporary);
      Files.createDirectories(temporary);
      Safetensors.write(temporary.resolve(PARAMETERS), trained, Map.of());
      Safetensors.write(temporary.resolve(OPTIMIZER), optimizer.state(), Map.of());
      if (!average.state().isEmpty()) {
        Safetensors.write(temporary.resolve(AVERAGE), average.state(), Map.of());
      }
      ObjectNode node = JSON.createObjectNode();
      node.put("step", step).put("bestStep", bestStep).put("sinceBest", sinceBest);
      if (Double.isFinite(best)) {
        node.put("best", best);
      }
      Files.writeString(temporary.resolve(STATE), node.toString(), StandardCharsets.UTF_8);
      delete(target);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      dropOthers(checkpoints);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + target + ": " + e.getMessage(), e);
    }
  }

  /** Older states are of no use once a newer one is whole. */
  private void dropOthers(Path checkpoints) throws IOException {
    for (Path other : states(checkpoints)) {
      if (!other.getFileName().toString().equals(name(step))) {
        delete(other);
      }
    }
  }

  /**
   * Loads the newest whole state into the parameters and the optimizer.
   *
   * @throws InputException if it does not belong to these parameters
   */
  static Optional<TrainingState> restore(
      Path checkpoints, Map<String, Tensor> trained, AdamW optimizer, WeightAverage average) {
    List<Path> states = states(checkpoints);
    if (states.isEmpty()) {
      return Optional.empty();
    }
    Path folder = states.get(states.size() - 1);
    JsonNode node;
    try {
      node = JSON.readTree(Files.readAllBytes(folder.resolve(STATE)));
    } catch (IOException e) {
      throw new InputException(
          folder + " can not be read: " + e.getMessage() + "; delete it and start again", e);
    }
    TrainingState state =
        new TrainingState(
            node.path("step").asLong(),
            node.path("best").asDouble(Double.POSITIVE_INFINITY),
            node.path("bestStep").asLong(),
            node.path("sinceBest").asInt());
    try (Checkpoint parameters = Checkpoint.open(folder.resolve(PARAMETERS));
        Checkpoint means = Checkpoint.open(folder.resolve(OPTIMIZER))) {
      if (!parameters.names().equals(trained.keySet())) {
        throw new InputException(
            folder + " holds other parameters than this recipe trains; start a new run");
      }
      copyInto(parameters, trained);
      optimizer.restore(means, state.step());
    }
    if (!average.state().isEmpty()) {
      try (Checkpoint mean = Checkpoint.open(folder.resolve(AVERAGE))) {
        copyInto(mean, average.state());
      }
    }
    return Optional.of(state);
  }

  /**
   * Gives all processes of a group what process 0 has: where the run stands, the parameters, their
   * average, and the optimizer.
   */
  TrainingState share(
      ProcessGroup group, Map<String, Tensor> trained, AdamW optimizer, WeightAverage average) {
    if (group.size() == 1) {
      return this;
    }
    String[] first =
        group.first(step + " " + best + " " + bestStep + " " + sinceBest).split(" ", 4);
    long steps = Long.parseLong(first[0]);
    trained.values().forEach(group::copyFirst);
    if (steps > 0) {
      optimizer.state().values().forEach(group::copyFirst);
      average.state().values().forEach(group::copyFirst);
      optimizer.goOnAfter(steps);
    }
    return new TrainingState(
        steps, Double.parseDouble(first[1]), Long.parseLong(first[2]), Integer.parseInt(first[3]));
  }

  private static void copyInto(Checkpoint from, Map<String, Tensor> into) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      into.forEach(
          (name, tensor) -> {
            Tensor stored = from.get(name);
            if (!List.of(boxed(stored)).equals(List.of(boxed(tensor)))) {
              throw new InputException(
                  from.path() + " holds " + name + " in another shape; start a new run");
            }
            tensor.copy_(stored);
          });
    }
  }

  private static Long[] boxed(Tensor tensor) {
    return java.util.Arrays.stream(Tensors.shape(tensor)).boxed().toArray(Long[]::new);
  }

  private static List<Path> states(Path checkpoints) {
    if (!Files.isDirectory(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("step-"))
          .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(long step) {
    return String.format(Locale.ROOT, "step-%09d", step);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
