package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.distributed.Threads;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingLoopTest {

  @TempDir Path temporary;

  /** A tiny language model that learns to count, with dropout on its input. */
  private static final class Counting implements TrainingTask, AutoCloseable {

    private final LanguageModel lm =
        LanguageModel.random(DecoderConfig.smallLlama(23, 16, 2, 2, 32, 16), 7, Device.CPU);
    private final double poisonAt;

    Counting(double poisonAt) {
      this.poisonAt = poisonAt;
      lm.parameters().trainable(true);
    }

    @Override
    public Map<String, Tensor> trained() {
      return lm.parameters().asMap();
    }

    @Override
    public List<Part> parts(long step, int micro, Cut cut) {
      int count = cut.all();
      long[] ids = new long[3 * 8];
      SplittableRandom random = new SplittableRandom(step * 31 + micro);
      for (int row = 0; row < 3; row++) {
        int start = random.nextInt(23);
        for (int t = 0; t < 8; t++) {
          ids[row * 8 + t] = (start + (long) t) % 23;
        }
      }
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < Math.min(3, count); i++) {
        int from = i * 3 / count;
        int to = (i + 1) * 3 / count;
        long[] own = Arrays.copyOfRange(ids, 8 * from, 8 * to);
        parts.add((leaves, dropout) -> loss(leaves, dropout, own, to - from, step));
      }
      return cut.own(parts);
    }

    private Tensor loss(
        Map<String, Tensor> leaves, Dropout dropout, long[] ids, int rows, long step) {
      LanguageModel own = lm.with(Parameters.of(leaves));
      Tensor words = dropout.apply(own.embed(Tensors.ofLongs(ids, rows, 8)), 0.1);
      Tensor mean = NextTokenLoss.mean(own, own.hidden(words), ids);
      return mean.mul(new Scalar(step == poisonAt ? Double.NaN : rows / 3.0));
    }

    @Override
    public long unitsPerStep() {
      return 2 * 3 * 8;
    }

    @Override
    public String unit() {
      return "tokens";
    }

    @Override
    public Map<String, Double> evaluate() {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        long[] ids = {1, 2, 3, 4, 5, 6};
        Tensor hidden = lm.hidden(lm.embed(Tensors.ofLongs(ids, 1, 6)));
        return Map.of("loss", Tensors.value(NextTokenLoss.mean(lm, hidden, ids)));
      }
    }

    @Override
    public void close() {
      lm.close();
    }
  }

  private static TrainingSettings settings(long steps, int patience) {
    return settings(steps, patience, 0);
  }

  private static TrainingSettings settings(long steps, int patience, double average) {
    return new TrainingSettings(
        new Schedule(Schedule.Kind.COSINE, 2, steps, 0.1),
        new AdamW.Settings(0.9, 0.95, 1e-8, 0.1),
        2,
        3e-3,
        1,
        4,
        5,
        patience,
        11,
        average);
  }

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    folder.writeJson("run.json", JsonNodeFactory.instance.objectNode());
    return folder;
  }

  private static TrainingLoop.Result train(RunFolder folder, BooleanSupplier stop, int patience) {
    return train(folder, stop, patience, 1);
  }

  private static TrainingLoop.Result train(
      RunFolder folder, BooleanSupplier stop, int patience, int parts) {
    try (Counting task = new Counting(-1)) {
      TrainingSettings settings = settings(12, patience);
      return new TrainingLoop(settings, task, folder, TrainingListener.SILENT, parts).run(stop);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aResumedRunReachesTheSameWeightsBitForBit(int parts) throws Exception {
    RunFolder whole = folder("whole");
    assertThat(train(whole, () -> false, 0, parts).end()).isEqualTo(TrainingLoop.End.FINISHED);

    RunFolder cut = folder("cut");
    int[] steps = {0};
    assertThat(train(cut, () -> ++steps[0] == 7, 0, parts))
        .satisfies(
            result -> {
              assertThat(result.end()).isEqualTo(TrainingLoop.End.STOPPED);
              assertThat(result.step()).isEqualTo(7);
            });
    assertThat(train(cut, () -> false, 0, parts).step()).isEqualTo(12);

    for (String file : List.of("step-000000012/trained.safetensors", "best.safetensors")) {
      assertThat(Files.readAllBytes(cut.checkpoints().resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(whole.checkpoints().resolve(file)));
    }
    assertThat(losses(cut)).isEqualTo(losses(whole)).hasSize(12);
  }

  @Test
  void whatIsScoredAndKeptIsTheAverageOfTheWeights() {
    RunFolder folder = folder("averaged");
    List<Map<String, float[]>> after = new ArrayList<>();
    try (Counting task = new Counting(-1)) {
      after.add(values(task.trained()));
      TrainingLoop.Result result =
          new TrainingLoop(settings(12, 0, 0.6), task, folder, TrainingListener.SILENT, 1)
              .run(
                  () -> {
                    after.add(values(task.trained()));
                    return false;
                  });
      Map<String, float[]> mean = after.get(0);
      for (int step = 1; step < after.size(); step++) {
        double kept = Math.min(0.6, (1.0 + step) / (10 + step));
        for (Map.Entry<String, float[]> leaf : after.get(step).entrySet()) {
          float[] sum = mean.get(leaf.getKey());
          for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (kept * sum[i] + (1 - kept) * leaf.getValue()[i]);
          }
        }
      }
      assertThat(result.bestStep()).isEqualTo(12);
      try (Scope scope = Scope.open();
          Checkpoint best = Checkpoint.open(folder.checkpoints().resolve("best.safetensors"))) {
        mean.forEach(
            (name, values) ->
                assertThat(Tensors.toFloats(best.get(name)))
                    .as(name)
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(values));
      }
      // What was said to score so does; the weights themselves score otherwise.
      double last = task.evaluate().get("loss");
      assertThat(TrainingLoop.takeBest(folder, task.trained())).isTrue();
      assertThat(task.evaluate().get("loss")).isEqualTo(result.best()).isNotEqualTo(last);
    }
  }

  /** Only process 0 reads and writes the average; the others must have it when they go on. */
  @Test
  void aGroupThatGoesOnHasOneAverage() throws Exception {
    RunFolder whole = folder("whole");
    averaged(whole, ProcessGroup.alone(), 2, () -> false);
    RunFolder divided = folder("divided");
    List<Map<String, float[]>> last = new ArrayList<>();
    for (int stop : new int[] {7, 0}) {
      last =
          Threads.group(
              2,
              Threads.PATIENCE,
              group -> {
                int[] steps = {0};
                RunFolder own = group.speaks() ? divided : RunFolder.silent(divided.path());
                return averaged(own, group, 1, () -> ++steps[0] == stop);
              });
    }
    assertThat(last).hasSize(2);
    Map<String, float[]> expected = averaged(whole);
    Map<String, float[]> found = averaged(divided);
    expected.forEach(
        (name, values) ->
            assertThat(found.get(name))
                .as(name)
                .usingComparatorWithPrecision(1e-3f)
                .containsExactly(values));
  }

  private static Map<String, float[]> averaged(
      RunFolder folder, ProcessGroup group, int parts, BooleanSupplier stop) {
    try (Counting task = new Counting(-1)) {
      TrainingSettings averaging = settings(12, 0, 0.6);
      new TrainingLoop(averaging, task, folder, TrainingListener.SILENT, parts, group).run(stop);
      return values(task.trained());
    }
  }

  private static Map<String, float[]> averaged(RunFolder folder) {
    Map<String, float[]> values = new LinkedHashMap<>();
    Path file = folder.checkpoints().resolve("step-000000012/average.safetensors");
    try (Scope scope = Scope.open();
        Checkpoint means = Checkpoint.open(file)) {
      means.names().forEach(name -> values.put(name, Tensors.toFloats(means.get(name))));
    }
    return values;
  }

  private static Map<String, float[]> values(Map<String, Tensor> leaves) {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      leaves.forEach((name, leaf) -> values.put(name, Tensors.toFloats(leaf.detach())));
    }
    return values;
  }

  /** With dropout, too: a part draws the same wherever it is worked on. */
  @Test
  void asManyPartsInAllAreTheSameRun() throws Exception {
    RunFolder whole = folder("whole");
    train(whole, () -> false, 0, 3);
    RunFolder divided = folder("divided");
    Threads.group(3, Threads.PATIENCE, group -> train(divided, group, 1, () -> false));
    List<Double> expected = losses(whole);
    List<Double> found = losses(divided);
    assertThat(found).hasSize(12).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).as("step " + (i + 1)).isCloseTo(expected.get(i), within(1e-4));
    }
  }

  @Test
  void oneProcessThatIsAskedToStopStopsAll() throws Exception {
    RunFolder folder = folder("stopped");
    List<TrainingLoop.Result> results =
        Threads.group(
            2,
            Threads.PATIENCE,
            group -> {
              int[] steps = {0};
              return train(folder, group, 1, () -> ++steps[0] == 7 && group.rank() == 1);
            });
    assertThat(results)
        .hasSize(2)
        .allSatisfy(
            result -> {
              assertThat(result.end()).isEqualTo(TrainingLoop.End.STOPPED);
              assertThat(result.step()).isEqualTo(7);
            });
    assertThat(folder.checkpoints().resolve("step-000000007")).isDirectory();
  }

  private static TrainingLoop.Result train(
      RunFolder folder, ProcessGroup group, int parts, BooleanSupplier stop) {
    RunFolder own = group.speaks() ? folder : RunFolder.silent(folder.path());
    try (Counting task = new Counting(-1)) {
      return new TrainingLoop(settings(12, 0), task, own, TrainingListener.SILENT, parts, group)
          .run(stop);
    }
  }

  private static List<Double> losses(RunFolder folder) {
    List<Double> losses = new ArrayList<>();
    folder.steps().stream()
        .filter(line -> line.has("loss"))
        .forEach(line -> losses.add(line.path("loss").asDouble()));
    return losses;
  }

  @Test
  void theLossFalls() {
    RunFolder folder = folder("falls");
    train(folder, () -> false, 0);
    List<Double> losses = losses(folder);
    assertThat(losses.get(0)).isBetween(2.9, 3.4); // log 23 = 3.14
    assertThat(losses.get(11)).isLessThan(losses.get(0) - 0.2);
  }

  @Test
  void aLossThatIsNotANumberStopsTheRun() {
    RunFolder folder = folder("nan");
    try (Counting task = new Counting(3)) {
      TrainingLoop loop =
          new TrainingLoop(settings(12, 0), task, folder, TrainingListener.SILENT, 1);
      assertThatThrownBy(() -> loop.run(() -> false))
          .isInstanceOf(NonFiniteLossException.class)
          .hasMessageContaining("step 4")
          .hasMessageContaining("the gradient of embed.weight");
    }
    assertThat(losses(folder)).hasSize(3);
  }

  @Test
  void aFinishedRunIsNotTrainedAgain() {
    RunFolder folder = folder("again");
    train(folder, () -> false, 0);
    List<Double> before = losses(folder);
    assertThat(train(folder, () -> false, 0).step()).isEqualTo(12);
    assertThat(losses(folder)).isEqualTo(before);
  }

  @Test
  void aCheckpointOfAnotherRecipeIsRefused() {
    RunFolder folder = folder("other");
    train(folder, () -> false, 0);
    Map<String, Tensor> other = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      other.put("w", Tensors.ofFloats(new float[] {1}, 1));
      try (AdamW optimizer =
              new AdamW(
                  other,
                  new AdamW.Settings(0.9, 0.95, 1e-8, 0),
                  (name, tensor) -> true,
                  name -> 1);
          WeightAverage average = new WeightAverage(other, 0)) {
        assertThatThrownBy(
                () -> TrainingState.restore(folder.checkpoints(), other, optimizer, average))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("other parameters");
      }
    }
  }

  @Test
  void aRunIsNotOverwritten() {
    RunFolder folder = folder("twice");
    assertThatThrownBy(() -> RunFolder.create(folder.path()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--resume");
  }

  @Test
  void schedules() {
    Schedule linear = new Schedule(Schedule.Kind.LINEAR, 3, 10, 0);
    assertThat(linear.factor(0)).isZero();
    assertThat(linear.factor(3)).isEqualTo(1);
    assertThat(linear.factor(10)).isZero();
    Schedule cosine = new Schedule(Schedule.Kind.COSINE, 0, 10, 0.1);
    assertThat(cosine.factor(0)).isEqualTo(1);
    assertThat(cosine.factor(5)).isEqualTo(0.55);
    assertThat(cosine.factor(20)).isEqualTo(0.1);
    assertThat(new Schedule(Schedule.Kind.CONSTANT, 4, 10, 0).factor(1)).isEqualTo(0.25);
  }
}
