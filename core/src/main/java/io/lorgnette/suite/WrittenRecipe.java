package io.lorgnette.suite;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.weights.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A recipe and what it says itself, without the program's defaults: a key that the program learns
 * later does not make another run of it.
 */
record WrittenRecipe<T>(T recipe, String yaml) {

  private static final int HASH = 8;

  /** Reads a recipe with changes. */
  static <T> WrittenRecipe<T> read(Path file, List<String> set, Function<RecipeNode, T> how) {
    return RecipeReader.read(
            file, set, node -> new WrittenRecipe<>(how.apply(node), node.writtenYaml()))
        .value();
  }

  /** What names of run folders end with. */
  String hash() {
    return Sha256.of(yaml).substring(0, HASH);
  }
}
