package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {

  private static final Recipe<String> RECIPE = new Recipe<>("", "a: 1\nb: 2\n");
  private static final Numerics NUMERICS = new Numerics(Device.CPU, Dtype.BF16, 3, "Setun, AVX");

  @TempDir Path path;

  private RunRecord start(RunFolder folder) {
    return RunRecord.start(
        folder, "train", List.of("train", "x.yaml"), RECIPE, Map.of("data", 7L), NUMERICS);
  }

  @Test
  void saysWhereTheNumbersComeFrom() {
    RunFolder folder = RunFolder.create(path.resolve("run"));
    Instant before = Instant.now().minusSeconds(1);
    start(folder).end();
    assertThat(folder.readText("recipe.yaml")).isEqualTo(RECIPE.resolvedYaml());
    JsonNode run = folder.readJson("run.json");
    assertThat(run.path("command").asText()).isEqualTo("train");
    // printf 'a: 1\nb: 2\n' | sha256sum
    assertThat(run.path("recipeSha256").asText())
        .isEqualTo("d02b8bb58aa82e872f709035f39b734b9f28dde0c3d305698a95d04aec594cfa");
    assertThat(run.path("seeds").path("data").asLong()).isEqualTo(7);
    JsonNode session = run.path("sessions").get(0);
    assertThat(session.path("commandLine")).hasSize(2);
    assertThat(session.path("processors").asInt()).isPositive();
    assertThat(session.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(session.path("commit").asText()).matches("unknown|[0-9a-f]{12}(-changed)?");
    assertThat(session.path("libtorch").asText()).startsWith("2.");
    Instant started = Instant.parse(session.path("started").asText());
    Instant ended = Instant.parse(session.path("ended").asText());
    assertThat(started).isAfter(before).isBeforeOrEqualTo(ended);
  }

  @Test
  void keepsWhatOthersWroteAndAddsASessionOnResume() {
    RunFolder folder = RunFolder.create(path.resolve("run"));
    RunRecord record = start(folder);
    folder.writeJson("run.json", record.node().put("result", "good"));
    Numerics other = new Numerics(Device.CPU, Dtype.BF16, 3, "Elbrus");
    RunRecord.open(folder).resume(List.of("train", "--resume"), other).end();
    JsonNode run = folder.readJson("run.json");
    assertThat(run.path("result").asText()).isEqualTo("good");
    assertThat(run.path("sessions")).hasSize(2);
    assertThat(run.path("sessions").get(0).has("ended")).isFalse();
    assertThat(run.path("sessions").get(1).has("ended")).isTrue();
    assertThat(run.path("sessions").get(0).path("numerics").path("kernels").asText())
        .isEqualTo("Setun, AVX");
    assertThat(RunRecord.open(folder).numerics()).isEqualTo(other);
  }

  @Test
  void refusesAnotherRecipeNamingTheLine() {
    RunFolder folder = RunFolder.create(path.resolve("run"));
    RunRecord record = start(folder);
    record.requireSameRecipe(new Recipe<>("", "a: 1\nb: 2\n"));
    assertThatThrownBy(() -> record.requireSameRecipe(new Recipe<>("", "a: 1\nb: 3\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 2, has 'b: 2' where the recipe given now has 'b: 3'");
    assertThatThrownBy(() -> record.requireSameRecipe(new Recipe<>("", "a: 1\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 2");
  }

  /** Else no run could go on once the program has learned a key. */
  @Test
  void aKeyThatTheProgramLearnedSinceMakesNoOtherRecipe() {
    RunFolder folder = RunFolder.create(path.resolve("run"));
    RunRecord record = start(folder);
    record.requireSameRecipe(learned("a: 1"));
    record.requireSameRecipe(learned("{a: 1, b: 2, c: 3}"));
    for (String other : List.of("{a: 1, c: 4}", "{a: 2}", "{a: 1, b: 3}")) {
      assertThatThrownBy(() -> record.requireSameRecipe(learned(other)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another recipe");
    }
  }

  private static Recipe<Integer> learned(String yaml) {
    return RecipeReader.readText(
        yaml,
        "recipe",
        List.of(),
        node ->
            node.integer("a", 0).any() + node.integer("b", 2).any() + node.integer("c", 3).any());
  }

  @Test
  void aRecordWithoutNumericsIsBadInput() throws Exception {
    RunFolder folder = RunFolder.create(path.resolve("run"));
    Files.writeString(folder.path().resolve("run.json"), "{}");
    assertThatThrownBy(() -> RunRecord.open(folder).numerics())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("numerics");
  }
}
