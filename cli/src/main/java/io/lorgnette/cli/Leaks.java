package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.evaluate.LeakCheck;
import io.lorgnette.pocket.EmbeddedLanguage;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.PretrainRecipe;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run has seen of a test before it was evaluated on it. */
final class Leaks {

  private static final String RECIPE = "recipe.yaml";

  private Leaks() {}

  /**
   * One sentence for each way in which the test was seen, or in which that can not be told.
   *
   * @param language the run's language model: an embedded one, a name of the hub, or a folder
   */
  static List<String> of(
      Console console, RunFolder run, String language, Dataset test, DataRoots roots) {
    List<String> sentences = new ArrayList<>();
    Path recipe = run.path().resolve(RECIPE);
    if (Files.isRegularFile(recipe)) {
      ConnectorRecipe.Data data =
          RecipeReader.read(recipe, List.of(), ConnectorRecipe::read).value().data();
      List<DatasetSpec> used = new ArrayList<>(data.train());
      used.addAll(data.validation());
      DataRoots all = ConnectorRuns.withPostcards(console, roots, used);
      sentences.addAll(LeakCheck.pictures(test, used, all));
    }
    pretraining(language)
        .flatMap(made -> LeakCheck.captions(test, language, made, roots))
        .ifPresent(sentences::add);
    return sentences;
  }

  /** How a language model was made, where this program made it. */
  private static Optional<PretrainRecipe> pretraining(String language) {
    Optional<EmbeddedLanguage> embedded = EmbeddedLanguage.of(language);
    if (embedded.isPresent()) {
      String name = embedded.get().recipe();
      try (InputStream in = Leaks.class.getResourceAsStream("/" + name)) {
        String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return Optional.of(
            RecipeReader.readText(yaml, name, List.of(), PretrainRecipe::read).value());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Path recipe = Path.of(language).resolve(RECIPE);
    Path beside = Path.of(language).toAbsolutePath().resolveSibling(RECIPE);
    for (Path path : List.of(recipe, beside)) {
      if (Files.isRegularFile(path) && isPretraining(path)) {
        return Optional.of(RecipeReader.read(path, List.of(), PretrainRecipe::read).value());
      }
    }
    return Optional.empty();
  }

  private static boolean isPretraining(Path recipe) {
    try {
      return Files.readString(recipe).lines().anyMatch(line -> line.startsWith("text:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
