package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainCommandTest {

  private static final String YAML =
      """
      model: {width: 16, layers: 1, heads: 2, hidden: 32, positions: 32}
      tokenizer: pocket
      length: 16
      rows: 2
      text:
        - {name: captions, kind: captions, files: [captions.txt], held_out: 0.1}
      train: {steps: 6, warmup_steps: 2, evaluate_every: 3, checkpoint_every: 50}
      """;

  @TempDir Path folder;
  private Path recipe;
  private Path run;

  @BeforeEach
  void write() throws Exception {
    recipe = folder.resolve("recipe.yaml");
    run = folder.resolve("a run"); // with a blank
    Files.writeString(recipe, YAML);
    StringBuilder captions = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      captions.append("a dog number ").append(i).append(" runs on grass .\n");
    }
    Files.writeString(folder.resolve("captions.txt"), captions);
  }

  private Cli pretrain(Object... more) {
    Object[] arguments = {
      "pretrain", recipe, "--data", folder, "--out", run, "--threads=1", "--format=f32"
    };
    Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Cli.run(all);
  }

  private JsonNode record() throws Exception {
    return new ObjectMapper().readTree(run.resolve("run.json").toFile());
  }

  @Test
  void trainsAndRecordsWhereTheNumbersComeFrom() throws Exception {
    Cli cli = pretrain();
    assertThat(cli.err()).contains("Computing with cpu, f32, 1 thread", "step 3, held out: loss");
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).startsWith("finished after step 6, 192 tokens\n").contains("captions");
    assertThat(run.resolve("recipe.yaml")).content().contains("steps: 6", "floor: ");
    assertThat(run.resolve("tokenizer.json")).exists();
    JsonNode record = record();
    assertThat(record.path("recipeSha256").asText()).hasSize(64);
    assertThat(record.path("seeds").path("train").asLong()).isEqualTo(1);
    assertThat(record.path("sessions")).hasSize(1);
    JsonNode session = record.path("sessions").get(0);
    for (String key : new String[] {"started", "ended", "version", "commit", "java", "system"}) {
      assertThat(session.path(key).asText()).as(key).isNotEmpty();
    }
    assertThat(session.path("commandLine").get(1).asText()).isEqualTo(recipe.toString());
  }

  @Test
  void jsonIsOneDocumentAndQuietIsQuiet() throws Exception {
    Cli cli = pretrain("--json", "--quiet");
    assertThat(cli.err()).isEmpty();
    JsonNode result = new ObjectMapper().readTree(cli.out());
    assertThat(result.path("end").asText()).isEqualTo("FINISHED");
    assertThat(result.path("run").asText()).isEqualTo(run.toString());
    assertThat(result.path("validationPerplexity").path("captions").asDouble()).isPositive();
  }

  @Test
  void resumesOnlyTheSameRun() throws Exception {
    assertThat(pretrain("--pack-only").code()).isZero();
    assertThat(run.resolve("model")).doesNotExist();
    Cli again = pretrain();
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("holds a run already", "--resume");
    Cli other = pretrain("--resume", "--set", "train.steps=7");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("'steps: 6'", "'steps: 7'");
    Cli threads =
        Cli.run("pretrain", recipe, "--data", folder, "--out", run, "--threads=2", "--resume");
    assertThat(threads.code()).isEqualTo(2);
    assertThat(threads.err()).contains("--threads 2 differs from the run's 1");
    assertThat(pretrain("--resume").code()).isZero();
    assertThat(record().path("sessions")).hasSize(2);
    assertThat(record().path("result").path("step").asLong()).isEqualTo(6);
  }

  @Test
  void aRunOfAnotherProcessorIsResumedOnlyWhenThatIsAccepted() throws Exception {
    assertThat(pretrain("--pack-only").code()).isZero();
    String text = Files.readString(run.resolve("run.json"));
    String kernels = record().path("numerics").path("kernels").asText();
    Files.writeString(run.resolve("run.json"), text.replace(kernels, "Setun"));
    Cli refused = pretrain("--resume");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("Setun", "--accept-different-numerics");
    assertThat(pretrain("--resume", "--accept-different-numerics").code()).isZero();
    assertThat(record().path("numerics").path("kernels").asText()).isEqualTo(kernels);
    assertThat(record().path("sessions").get(0).path("numerics").path("kernels").asText())
        .isEqualTo("Setun");
  }

  @Test
  void dryRunWritesNothing() {
    Cli cli = pretrain("--dry-run");
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).startsWith("model:\n").contains("steps: 6");
    assertThat(cli.err()).contains("on 192 tokens");
    assertThat(run).doesNotExist();
  }

  @Test
  void badInputWritesNothing() {
    Cli missing = pretrain("--set", "text.0.files=[none.txt]");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("none.txt is missing");
    Cli key = pretrain("--set", "train.stesp=9");
    assertThat(key.code()).isEqualTo(2);
    assertThat(key.err()).contains("stesp", "steps");
    Cli tokenizer = pretrain("--set", "tokenizer=gone.json");
    assertThat(tokenizer.code()).isEqualTo(2);
    assertThat(tokenizer.err()).contains("gone.json does not exist");
    assertThat(run).doesNotExist();
  }

  @Test
  void argumentsMayComeFromAFile() throws Exception {
    Path file = folder.resolve("arguments");
    Files.writeString(file, "# a remark\n--data\n" + folder + "\n--dry-run\n");
    assertThat(Cli.run("pretrain", recipe, "@" + file).code()).isZero();
  }

  @Test
  void numbersDoNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(pretrain().out()).containsPattern("\\d,\\d{3} parameters").doesNotContain("0,");
    } finally {
      Locale.setDefault(before);
    }
  }
}
