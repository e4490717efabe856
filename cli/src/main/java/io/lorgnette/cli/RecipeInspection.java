package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.train.PretrainRecipe;
import io.lorgnette.train.TrainRecipe;
import io.lorgnette.verbal.PicaRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A recipe with every default written out, or what is wrong with it. */
final class RecipeInspection implements Inspection {

  private final Path path;
  private final String command;
  private final Recipe<Object> recipe;

  RecipeInspection(Path path) {
    this.path = path;
    this.recipe =
        RecipeReader.read(
            path, List.of(), isPica(path) ? PicaRecipe::read : RecipeInspection::read);
    this.command =
        recipe.value() instanceof PicaRecipe
            ? "evaluate"
            : recipe.value() instanceof TrainRecipe ? "train" : "pretrain";
  }

  /** A system that trains nothing has a reader of its own. */
  static boolean isPica(Path path) {
    try (Stream<String> lines = Files.lines(path)) {
      return lines.anyMatch(line -> line.matches("method: *" + PicaRecipe.METHOD + " *(#.*)?"));
    } catch (IOException | UncheckedIOException e) {
      return false; // said by whoever reads it
    }
  }

  /** The keys tell which command a recipe is for. */
  private static Object read(RecipeNode node) {
    return node.has("method") ? TrainRecipe.read(node) : PretrainRecipe.read(node);
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", "recipe").put("path", path.toString());
    return node.put("command", command).put("resolved", recipe.resolvedYaml());
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("# " + path + ": recipe for lorgnette " + command + ", with every default");
    lines.addAll(recipe.resolvedYaml().lines().toList());
    return lines;
  }
}
