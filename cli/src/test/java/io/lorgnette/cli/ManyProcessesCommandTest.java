package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A joint space trained by processes that the command starts. */
class ManyProcessesCommandTest {

  private static final long MINUTES = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temporary;
  private Path root;
  private Process running;

  @BeforeEach
  void drawPostcards() throws IOException {
    root = Postcards.writeTo(temporary, new Postcards.Sizes(8, 0, 0), 5, (done, total) -> {});
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      for (Path picture : files.sorted().toList()) {
        lines.append(
            "{\"image\": \"%s\", \"captions\": [\"Picture %d .\"]}\n"
                .formatted(picture.getFileName(), lines.length()));
      }
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
  }

  @AfterEach
  void leaveNothingRunning() {
    if (running != null) {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly();
    }
  }

  private Object[] arguments(String out, int steps, Object... more) throws IOException {
    Path recipe = temporary.resolve(steps + ".yaml");
    String set = "{kind: jsonl, split: train, file: all.jsonl, images: [train]}";
    Files.writeString(
        recipe,
        "method: clip\ndropout: 0\n"
            + "clip: {image_hidden: 32, positions: 8, width: 32, layers: 1, heads: 2,"
            + " joint_width: 16}\n"
            + "data: {train: [%s], validation: [%s]}\n".formatted(set, set)
            + "train: {steps: %d, batch: 8, learning_rate: 0.01, warmup_steps: 5,".formatted(steps)
            + " evaluate_every: 0, checkpoint_every: 5, patience: 0}\n");
    List<Object> all = new ArrayList<>(List.of("train", recipe, "--data", root));
    all.addAll(List.of("--out", temporary.resolve(out), "--format", "f32", "--threads", "1"));
    all.addAll(List.of(more));
    return all.toArray();
  }

  private List<Double> losses(String out) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(temporary.resolve(out).resolve("steps.jsonl"))) {
      JsonNode node = line.endsWith("}") ? JSON.readTree(line) : JSON.nullNode();
      if (node.has("loss")) {
        losses.add(node.path("loss").asDouble());
      }
    }
    return losses;
  }

  @Test
  void twoProcessesLearnAsOneDoes() throws Exception {
    assertThat(Cli.run(arguments("one", 12)).code()).isZero();
    Cli two = Cli.run(arguments("two", 12, "--processes", "2", "--json"));
    assertThat(two.code()).as(two.err()).isZero();
    JsonNode result = JSON.readTree(two.out()); // nothing else is on standard output
    assertThat(result.path("pairsSeen").asLong()).isEqualTo(96);
    List<Double> expected = losses("one");
    List<Double> found = losses("two");
    assertThat(found).hasSize(12).hasSameSizeAs(expected);
    for (int i = 0; i < 12; i++) {
      assertThat(found.get(i)).as("step " + (i + 1)).isCloseTo(expected.get(i), within(2e-4));
    }
    Path run = temporary.resolve("two");
    JsonNode record = JSON.readTree(run.resolve("run.json").toFile());
    assertThat(record.at("/processes/count").asInt()).isEqualTo(2);
    assertThat(record.at("/sessions/0/processes").asInt()).isEqualTo(2);
    assertThat(record.at("/numerics/threads").asInt()).isEqualTo(1);
    assertThat(run.resolve("clip/model.safetensors")).exists();
  }

  @Test
  void whatCanNotBeDividedOrContradictsIsRefused() throws Exception {
    Cli three = Cli.run(arguments("three", 12, "--processes", "3"));
    assertThat(three.code()).isEqualTo(2);
    assertThat(three.err()).contains("a batch of 8 pairs can not be divided among 3 processes");
    assertThat(Cli.run(arguments("none", 12, "--processes", "0")).err())
        .contains("--processes must be from 1 to 1024 but is 0");
    assertThat(Cli.run(arguments("none", 12, "--group-timeout", "0")).err())
        .contains("--group-timeout must be at least 1 second");
  }

  /** A process is killed; the run goes on from its checkpoint until Ctrl-C, and again. */
  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aKilledProcessStopsAllAndCtrlCLeavesACheckpoint() throws Exception {
    Path log = start(arguments("cut", 1_000_000, "--processes", "2"));
    waitForSteps("cut", 7);
    List<ProcessHandle> children =
        running.children().sorted(Comparator.comparing(ProcessHandle::pid)).toList();
    assertThat(children).hasSize(2);
    children.get(1).destroyForcibly();
    assertThat(running.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(log))
        .contains("process 0 of 2 has lost the others: one of them has ended")
        .contains("process 1 of 2 was ended from outside")
        .doesNotContain("frame #");
    assertThat(running.exitValue()).isEqualTo(1);

    int before = losses("cut").size();
    log = start(arguments("cut", 1_000_000, "--processes", "2", "--resume"));
    waitForSteps("cut", before + 3);
    running.destroy(); // SIGTERM, as Ctrl-C
    assertThat(running.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(log))
        .contains("Stopped; the checkpoint is in")
        .contains("--resume");
    assertThat(running.exitValue()).isEqualTo(130);
    try (Stream<Path> all = Files.list(temporary.resolve("cut/checkpoints"))) {
      assertThat(all.map(file -> file.getFileName().toString()).filter(n -> n.startsWith("step-")))
          .containsExactly("step-%09d".formatted(losses("cut").size()));
    }
  }

  private Path start(Object... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path log = Files.createTempFile(temporary, "log", ".txt");
    running =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return log;
  }

  private void waitForSteps(String out, int count) throws Exception {
    long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    Path steps = temporary.resolve(out).resolve("steps.jsonl");
    while (running.isAlive() && System.nanoTime() < limit) {
      if (Files.exists(steps) && losses(out).size() >= count) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("there are no " + count + " steps");
  }
}
