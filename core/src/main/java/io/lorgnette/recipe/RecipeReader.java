package io.lorgnette.recipe;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Reads a recipe file into a record. */
public final class RecipeReader {
  private static final int MAX_BYTES = 1 << 20;

  private RecipeReader() {}

  /**
   * Reads {@code file}, lays the options over it, and has {@code how} build the record.
   *
   * @param options values of {@code --set}, such as {@code train.steps=200}; {@code
   *     data.0.split=val} reaches into a list
   * @throws InputException naming file, line and key, when anything is not as {@code how} asks, or
   *     a key was given that {@code how} did not ask for
   */
  public static <T> Recipe<T> read(Path file, List<String> options, Function<RecipeNode, T> how) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      String why = Files.exists(file) ? "can not be read" : "there is no such file";
      throw new InputException("Recipe " + file + ": " + why + ".", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InputException(
          "Recipe " + file + ": longer than 1 MiB, so this is not a recipe; expected a YAML file.");
    }
    try {
      String yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return readText(yaml, file.toString(), options, how);
    } catch (CharacterCodingException e) {
      throw new InputException("Recipe " + file + ": not UTF-8 text; save it as UTF-8.", e);
    }
  }

  /**
   * Like {@link #read}, from text.
   *
   * @param name what messages call the text
   */
  public static <T> Recipe<T> readText(
      String yaml, String name, List<String> options, Function<RecipeNode, T> how) {
    String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml;
    Tree tree = TreeBuilder.build(text, false, line -> name + ", line " + line);
    if (tree instanceof Tree.Scalar scalar && scalar.isNull()) {
      tree = Tree.Mapping.empty(name);
    }
    if (!(tree instanceof Tree.Mapping mapping)) {
      throw new InputException(
          tree.place()
              + ": a recipe is a list of keys and values but here is "
              + tree.words()
              + ".");
    }
    Overrides.apply(mapping, options);
    RecipeNode root = new RecipeNode("", mapping);
    T value = how.apply(root);
    root.finish();
    return new Recipe<>(
        value, root.resolvedYaml(), other -> readText(other, name, List.of(), how).resolvedYaml());
  }
}
