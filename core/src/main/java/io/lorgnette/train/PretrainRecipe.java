package io.lorgnette.train;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;
import java.util.Optional;

/**
 * A small language model from text.
 *
 * @param shape the model, its vocabulary still to be taken from the tokenizer
 * @param tokenizer path of a {@code tokenizer.json}, relative to the recipe, or {@code pocket}
 * @param start folder of weights to go on from, relative to the recipe, if any
 * @param length tokens of a training window
 * @param rows windows of one micro-batch
 */
public record PretrainRecipe(
    Shape shape,
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
          1);

  /**
   * Sizes of a LLaMA with tied embeddings.
   *
   * @param hidden width of the feed-forward
   * @param positions tokens at most
   */
  public record Shape(int width, int layers, int heads, int hidden, int positions) {

    static Shape read(RecipeNode node) {
      int width = node.integer("width").atLeast(8);
      int heads = node.integer("heads").between(1, width);
      node.check(width % heads == 0, "heads", "must divide model.width");
      node.check(width / heads % 2 == 0, "heads", "must leave an even number of dimensions a head");
      return new Shape(
          width,
          node.integer("layers").atLeast(1),
          heads,
          node.integer("hidden").atLeast(1),
          node.integer("positions", 512).atLeast(2));
    }

    /** The configuration for a vocabulary of this size. */
    public DecoderConfig config(int vocabulary) {
      return DecoderConfig.smallLlama(vocabulary, width, layers, heads, hidden, positions);
    }
  }

  /** Reads a recipe. */
  public static PretrainRecipe read(RecipeNode node) {
    Shape shape = node.section("model", Shape::read);
    PretrainRecipe recipe =
        new PretrainRecipe(
            shape,
            node.text("tokenizer"),
            node.optionalText("start"),
            node.integer("length", 256).between(2, shape.positions()),
            node.integer("rows", 16).atLeast(1),
            node.sections("text", PretrainText::read),
            node.section("train", section -> TrainingSettings.read(section, DEFAULTS)));
    node.check(!recipe.text().isEmpty(), "text", "must name at least one source");
    return recipe;
  }
}
