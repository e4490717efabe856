package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.distributed.Threads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes, each a virtual machine of its own, train as one process does. */
class ManyProcessesTest {

  /**
   * Sums are taken in another order; AdamW divides by roots of small squares, which carries the
   * difference on. Losses here are about 3, norms about 1.
   */
  private static final double ROUNDING = 2e-4;

  private static final long MINUTES = 3;

  @TempDir Path temporary;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNothingRunning() {
    started.forEach(Process::destroyForcibly);
  }

  private Path runs(String name) throws IOException {
    return Files.createDirectories(temporary.resolve(name));
  }

  private Path log(Path runs, int rank) {
    return runs.resolve("log-" + rank);
  }

  private List<Process> start(int count, Path runs, String kinds, String... more)
      throws IOException {
    String port = Integer.toString(Threads.freePort());
    List<Process> group = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  TrainingProcess.class.getName(),
                  runs.toString(),
                  kinds));
      command.addAll(List.of(more));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder
          .environment()
          .putAll(
              Map.of(
                  "RANK", Integer.toString(rank),
                  "WORLD_SIZE", Integer.toString(count),
                  "MASTER_ADDR", "127.0.0.1",
                  "MASTER_PORT", port,
                  "OMP_NUM_THREADS", "1",
                  "OPENBLAS_NUM_THREADS", "1",
                  "TORCH_CPP_LOG_LEVEL", "FATAL"));
      group.add(builder.redirectErrorStream(true).redirectOutput(log(runs, rank).toFile()).start());
    }
    started.addAll(group);
    return group;
  }

  private void end(List<Process> group, Path runs, int code) throws Exception {
    for (int rank = 0; rank < group.size(); rank++) {
      assertThat(group.get(rank).waitFor(MINUTES, TimeUnit.MINUTES)).as("it ends").isTrue();
      assertThat(group.get(rank).exitValue()).as(said(runs, rank)).isEqualTo(code);
    }
  }

  private String said(Path runs, int rank) throws IOException {
    return Files.readString(log(runs, rank), StandardCharsets.UTF_8);
  }

  private static void same(List<Double> curve, List<Double> expected) {
    assertThat(curve).hasSameSizeAs(expected);
    for (int i = 0; i < curve.size(); i++) {
      double tolerance = ROUNDING * Math.max(1, Math.abs(expected.get(i)));
      assertThat(curve.get(i)).as("value " + i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  @Test
  void twoAndFourProcessesTrainAsOneDoes() throws Exception {
    Path alone = runs("1");
    for (String kind : TrainingProcess.KINDS) {
      TrainingProcess.train(kind, alone, ProcessGroup.alone(), -1);
    }
    for (int count : new int[] {2, 4}) {
      Path runs = runs(Integer.toString(count));
      end(start(count, runs, String.join(",", TrainingProcess.KINDS)), runs, 0);
      for (String kind : TrainingProcess.KINDS) {
        same(TrainingProcess.curve(runs, kind), TrainingProcess.curve(alone, kind));
        assertThat(RunFolder.open(runs.resolve(kind)).readJson("run.json").at("/processes/count"))
            .hasToString(Integer.toString(count));
      }
      // Process 0 alone has written, and what one process writes is there.
      assertThat(files(runs.resolve(TrainingProcess.CONNECTOR)))
          .isEqualTo(files(alone.resolve(TrainingProcess.CONNECTOR)));
    }
    var record = RunFolder.open(runs("2").resolve(TrainingProcess.CONNECTOR)).readJson("run.json");
    long trained = record.at("/result/trainedParameters").asLong();
    assertThat(record.at("/processes/summedBytesPerStep").asLong())
        .isBetween(4 * trained, 5 * trained);
    assertThat(record.at("/processes/languageModelBytes").asLong()).isPositive();
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }

  @Test
  void afterAKilledProcessAnyNumberGoesOn() throws Exception {
    String kind = TrainingProcess.CONNECTOR;
    Path whole = runs("whole");
    TrainingProcess.train(kind, whole, ProcessGroup.alone(), -1);

    // Process 1 dies after step 7, of which the last checkpoint knows nothing.
    Path cut = runs("cut");
    List<Process> group = start(3, cut, kind, "7");
    Process lost = group.get(1);
    long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    while (!said(cut, 1).contains("waiting") && lost.isAlive() && System.nanoTime() < limit) {
      Thread.sleep(50);
    }
    assertThat(said(cut, 1)).contains("waiting");
    lost.destroyForcibly().waitFor();
    end(List.of(group.get(0)), cut, 1);
    assertThat(group.get(2).waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(group.get(2).exitValue()).isEqualTo(1);
    assertThat(said(cut, 0))
        .contains("process 0 of 3 has lost the others: one of them has ended")
        .contains("the newest checkpoint is whole: go on with --resume");
    assertThat(checkpoints(cut, kind)).containsExactly("step-000000006");

    Path alone = runs("alone");
    copy(cut.resolve(kind), alone.resolve(kind));
    assertThat(TrainingProcess.train(kind, alone, ProcessGroup.alone(), -1).step()).isEqualTo(10);
    same(TrainingProcess.curve(alone, kind), TrainingProcess.curve(whole, kind));

    end(start(2, cut, kind), cut, 0);
    same(TrainingProcess.curve(cut, kind), TrainingProcess.curve(whole, kind));
  }

  private static List<String> checkpoints(Path runs, String kind) throws IOException {
    return files(runs.resolve(kind).resolve("checkpoints")).stream()
        .filter(name -> name.matches("step-\\d+"))
        .toList();
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String name : files(from)) {
      Path target = to.resolve(name);
      if (Files.isDirectory(from.resolve(name))) {
        Files.createDirectories(target);
      } else {
        Files.copy(from.resolve(name), target);
      }
    }
  }
}
