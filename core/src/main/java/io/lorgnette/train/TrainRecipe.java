package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.method.MethodKind;
import io.lorgnette.recipe.RecipeNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What {@code lorgnette train} can train; its {@code method} says which. */
public sealed interface TrainRecipe permits ConnectorRecipe, PairRecipe, TrigRecipe {

  /**
   * Reads a recipe of any kind.
   *
   * @throws io.lorgnette.error.InputException naming key and line
   */
  static TrainRecipe read(RecipeNode node) {
    Map<String, Function<RecipeNode, TrainRecipe>> kinds = new LinkedHashMap<>();
    for (MethodKind kind : MethodKind.values()) {
      kinds.put(kind.id(), recipe -> ConnectorRecipe.readKind(kind, recipe));
    }
    kinds.put(Blip2Recipe.METHOD, Blip2Recipe::readKind);
    kinds.put(ClipRecipe.METHOD, ClipRecipe::readKind);
    kinds.put(TrigRecipe.METHOD, TrigRecipe::readKind);
    return node.kind("method", kinds);
  }

  /** Steps, rates, seed. */
  TrainingSettings train();

  /** Texts or pairs of one optimizer step. */
  int batch();

  /** Data sets that are learned from, and those of the validation loss. */
  List<DatasetSpec> datasets();
}
