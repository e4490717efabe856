package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.tensor.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  @Test
  void stagesOfThePairAreMeasuredAgainstTheMachine() throws Exception {
    Path file = folder.resolve("bench.json");
    Cli bench =
        Cli.run(
            "bench",
            "--runs",
            "1",
            "--threads",
            "1",
            "--format",
            "f32",
            "--stage",
            "read",
            "--stage",
            "train",
            "--out",
            file.toString(),
            "--json");
    assertThat(bench.code()).as(bench.err()).isZero();
    JsonNode record = new ObjectMapper().readTree(bench.out());
    assertThat(record).isEqualTo(new ObjectMapper().readTree(Files.readString(file)));
    for (String limit : new String[] {"f32", "bf16", "bandwidth"}) {
      assertThat(record.at("/limits/" + limit).asDouble()).as(limit).isPositive();
    }
    assertThat(record.at("/stages").findValuesAsText("name"))
        .containsExactly("read a prompt", "read a prompt", "train MAPL");
    for (JsonNode stage : record.at("/stages")) {
      assertThat(stage.at("/rates/0").asDouble()).isPositive();
      assertThat(stage.at("/multiplyAdds").asDouble()).isGreaterThan(1e6);
    }

    Cli again =
        Cli.run(
            "bench",
            "--runs",
            "1",
            "--threads",
            "1",
            "--format",
            "f32",
            "--stage",
            "read",
            "--against",
            file.toString());
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).contains("GFLOP/s in f32", "read a prompt", "of the limit", "x ");
  }

  @Test
  void wrongUseIsOneSentence() {
    assertThat(Cli.run("bench", "--runs", "0").err()).contains("--runs must be at least 1");
    Cli unknown = Cli.run("bench", "--stage", "walk", "--threads", "1", "--format", "f32");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no stage begins with [walk]");
    Cli absent = Cli.run("bench", "--against", folder.resolve("none.json").toString());
    assertThat(absent.code()).isEqualTo(2);
    assertThat(absent.err()).contains("none.json can not be read");
  }
}
