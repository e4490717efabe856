package io.lorgnette.suite;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(yaml.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
