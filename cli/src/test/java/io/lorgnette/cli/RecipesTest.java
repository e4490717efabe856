package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.train.TrainRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe that ships is read and told without weights, data or network. */
class RecipesTest {

  private static final Path FOLDER = Path.of("..", "recipes");

  /** For another command, and longer. */
  private static final List<String> PRETRAINING =
      List.of(
          "pocket-lm.yaml",
          "pocket-lm-keywords.yaml",
          "pocket-lm-plain.yaml",
          "pocket-seq2seq.yaml",
          "small-lm-plain.yaml");

  /** No recipes: the suite, and its tables. */
  private static final List<Path> SUITE =
      List.of(FOLDER.resolve("tables/suite.yaml"), FOLDER.resolve("tables/tables"));

  static List<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !PRETRAINING.contains(file.getFileName().toString()))
          .filter(file -> SUITE.stream().noneMatch(file::startsWith))
          .filter(file -> !RecipeInspection.isPica(file))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void tellsWhatItWouldTrain(Path recipe) throws Exception {
    Cli cli = Cli.run("train", recipe.toString(), "--dry-run", "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode told = new ObjectMapper().readTree(cli.out());
    assertThat(told.path("trainedParameters").asLong()).isPositive();
    assertThat(told.path("steps").asLong()).isPositive();
    assertThat(told.path("bytes").asLong())
        .isGreaterThanOrEqualTo(16 * told.path("trainedParameters").asLong());
    String resolved = told.path("recipe").asText();
    assertThat(resolved).contains("method: ");
    // A run folder keeps this form, from which evaluation reads the system again.
    assertThat(RecipeReader.readText(resolved, "recipe.yaml", List.of(), TrainRecipe::read))
        .extracting(Recipe::resolvedYaml)
        .isEqualTo(resolved);
  }

  static List<Path> wordRecipes() {
    return List.of(
        FOLDER.resolve("pocket-pica.yaml"),
        FOLDER.resolve("pocket-trig.yaml"),
        FOLDER.resolve("published").resolve("pica-okvqa.yaml"));
  }

  /** Those that train nothing, or start from a model that a user makes first. */
  @ParameterizedTest
  @MethodSource("wordRecipes")
  void readsTheRecipesOfWords(Path recipe) throws Exception {
    Cli cli = Cli.run("inspect", recipe.toString(), "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode told = new ObjectMapper().readTree(cli.out());
    boolean pica = recipe.getFileName().toString().contains("pica");
    assertThat(told.path("command").asText()).isEqualTo(pica ? "evaluate" : "train");
    assertThat(told.path("resolved").asText()).contains(pica ? "members: 5" : "answer_tokens: 12");
  }
}
