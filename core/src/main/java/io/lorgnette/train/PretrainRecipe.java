package io.lorgnette.train;

import io.lorgnette.recipe.RecipeNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A small language model from text.
 *
 * @param model its vocabulary still to be taken from the tokenizer
 * @param tokenizer path of a {@code tokenizer.json}, relative to the recipe, or {@code pocket}
 * @param start folder of weights to go on from, relative to the recipe, if any
 * @param length tokens of a training window
 * @param rows windows of one micro-batch
 */
public record PretrainRecipe(
    PretrainModel model,
    String tokenizer,
    Optional<String> start,
    int length,
    int rows,
    List<PretrainText> text,
    TrainingSettings train) {

  /** MAPL's optimizer constants with a cosine: what small language models are commonly given. */
  private static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          new Schedule(Schedule.Kind.COSINE, 200, 4000, 0.05),
          new AdamW.Settings(0.9, 0.95, 1e-8, 0.1),
          1,
          1e-3,
          1,
          500,
          500,
          0,
          1,
          0);

  /** Reads a recipe. */
  public static PretrainRecipe read(RecipeNode node) {
    PretrainModel model = node.section("model", PretrainModel::read);
    PretrainRecipe recipe =
        new PretrainRecipe(
            model,
            node.text("tokenizer"),
            node.optionalText("start"),
            node.integer("length", 256).between(2, model.positions()),
            node.integer("rows", 16).atLeast(1),
            node.sections("text", PretrainText::read),
            node.section("train", section -> TrainingSettings.read(section, DEFAULTS)));
    node.check(!recipe.text().isEmpty(), "text", "must name at least one source");
    return recipe;
  }

  /**
   * Parameters of the model with a tokenizer.
   *
   * @param tokenizerFile a {@code tokenizer.json}
   * @throws io.lorgnette.error.InputException if it lacks a token that the model needs
   */
  public long parameterCount(Path tokenizerFile) {
    PretrainTokens tokens = PretrainTokens.of(tokenizerFile, model);
    if (model instanceof PretrainModel.Bart bart) {
      return bart.config(tokens.size(), tokens.eos(), tokens.pad()).parameterCount();
    }
    return ((PretrainModel.Llama) model).config(tokens.size()).parameterCount();
  }
}
