package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointConfig;
import java.util.List;
import java.util.OptionalInt;

/**
 * A joint space of images and texts on a frozen encoder, with CLIP's loss (Radford et al. 2021).
 *
 * <pre>
 * method: clip
 * vision: pocket
 * tokenizer: pocket
 * data:
 *   train:
 *     - {kind: flickr8k, split: train}
 *   validation:
 *     - {kind: flickr8k, split: dev}
 * train: {batch: 256, steps: 300}
 * </pre>
 *
 * @param vision the encoder: {@code pocket}, another name that the program knows, or a folder
 *     relative to the recipe
 * @param tokenizer {@code pocket}, or a folder or file relative to the recipe
 * @param learned data sets with captions, at least one
 * @param validation data sets for the validation loss; may be empty
 * @param dropout share of values dropped in the head and before the text's projection
 * @param batch pairs of one optimizer step, all of them each other's wrong examples
 */
public record ClipRecipe(
    Sizes sizes,
    String vision,
    String tokenizer,
    List<DatasetSpec> learned,
    List<DatasetSpec> validation,
    double dropout,
    int batch,
    TrainingSettings train)
    implements PairRecipe {

  /** The name in recipes. */
  public static final String METHOD = "clip";

  private static final List<String> PADS = List.of("<|pad|>", "[PAD]", "<pad>", "<|endoftext|>");
  private static final int BATCH = 256;
  private static final double DROPOUT = 0.1;

  private static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          new Schedule(Schedule.Kind.COSINE, 30, 300, 0.02),
          new AdamW.Settings(0.9, 0.98, 1e-6, 0.2),
          1,
          1e-3,
          1,
          25,
          50,
          4,
          42,
          0);

  /**
   * Sizes that neither the encoder nor the tokenizer gives.
   *
   * @param imageHidden width inside the image's head
   * @param positions tokens of a text; longer ones lose their end
   * @param width of the text tower
   * @param jointWidth J
   */
  public record Sizes(
      int imageHidden, int positions, int width, int layers, int heads, int jointWidth) {

    static Sizes read(RecipeNode node) {
      int width = node.integer("width", 256).atLeast(1);
      int heads = node.integer("heads", 4).atLeast(1);
      node.check(width % heads == 0, "width", "must be a multiple of heads, " + heads);
      return new Sizes(
          node.integer("image_hidden", 512).atLeast(1),
          node.integer("positions", 32).atLeast(3),
          width,
          node.integer("layers", 4).atLeast(1),
          heads,
          node.integer("joint_width", 256).atLeast(1));
    }

    /** All sizes, for the width of an encoder and a tokenizer's words. */
    public JointConfig between(int imageWidth, Tokenizer words) {
      int pad =
          PADS.stream().map(words::idOf).flatMapToInt(OptionalInt::stream).findFirst().orElse(0);
      return JointConfig.of(
          imageWidth,
          imageHidden,
          words.vocabularySize(),
          positions,
          width,
          layers,
          heads,
          jointWidth,
          pad);
    }
  }

  private record Data(List<DatasetSpec> learned, List<DatasetSpec> validation) {
    static Data read(RecipeNode node) {
      Data data =
          new Data(
              node.sections("train", DatasetSpec::read),
              node.sections("validation", DatasetSpec::read));
      node.check(!data.learned().isEmpty(), "train", "must name at least one data set");
      return data;
    }
  }

  private record Train(int batch, TrainingSettings settings) {
    static Train read(RecipeNode node) {
      int batch = node.integer("batch", BATCH).atLeast(2);
      TrainingSettings settings = TrainingSettings.read(node, DEFAULTS);
      node.check(
          settings.accumulation() == 1,
          "accumulation",
          "must be 1: the pairs of a batch are each other's wrong examples");
      return new Train(batch, settings);
    }
  }

  /** Reads a recipe whose {@code method} was read already and is {@link #METHOD}. */
  static ClipRecipe readKind(RecipeNode node) {
    Sizes sizes = node.section("clip", Sizes::read);
    String vision = node.text("vision", "pocket");
    String tokenizer = node.text("tokenizer", "pocket");
    double dropout = node.number("dropout", DROPOUT).fromBelow(0.0, 1.0);
    Data data = node.section("data", Data::read);
    Train train = node.section("train", Train::read);
    return new ClipRecipe(
        sizes,
        vision,
        tokenizer,
        data.learned(),
        data.validation(),
        dropout,
        train.batch(),
        train.settings());
  }
}
