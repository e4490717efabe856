package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.mapper.Blip2Losses.Weights;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.method.QFormerSizes;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.text.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * BLIP-2's first stage: a Q-Former on the features of a frozen encoder, without a language model.
 *
 * <pre>
 * method: blip2-stage1
 * vision: pocket
 * tokenizer: bert-base-uncased     # a folder
 * bert: bert-base-uncased          # to start from; without it all is drawn
 * data:
 *   train:
 *     - {kind: flickr8k, split: train}
 *   validation:
 *     - {kind: flickr8k, split: dev}
 * train: {batch: 100, steps: 20000}
 * </pre>
 *
 * @param sizes of the Q-Former
 * @param vision the encoder: {@code pocket}, another name that the program knows, or a folder
 *     relative to the recipe
 * @param tokenizer a folder or file relative to the recipe, BERT's in the paper; or {@code pocket}
 * @param bert a folder with a BERT's {@code config.json} and weights to start from, relative to the
 *     recipe
 * @param start a checkpoint of the first stage to go on from, relative to the recipe
 * @param data what it learns from
 * @param losses how much each loss counts
 * @param temperature by which similarities are divided at first; it is trained
 * @param batch pairs of one optimizer step, over all accumulated micro-batches; only those of one
 *     micro-batch are each other's wrong examples
 */
public record Blip2Recipe(
    Sizes sizes,
    String vision,
    String tokenizer,
    Optional<String> bert,
    Optional<String> start,
    Data data,
    Weights losses,
    double temperature,
    int batch,
    TrainingSettings train)
    implements PairRecipe {

  /** The name in recipes. */
  public static final String METHOD = "blip2-stage1";

  /** The published ones, with the floor and the warm-up of LAVIS. */
  private static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          new Schedule(Schedule.Kind.COSINE, 5000, 250_000, 0.1),
          new AdamW.Settings(0.9, 0.999, 1e-8, 0.05),
          1,
          1e-4,
          0,
          5000,
          5000,
          0,
          42,
          0);

  private static final String BEGIN = "[DEC]";
  private static final int BATCH = 100;
  private static final double TEMPERATURE = 0.07;

  /**
   * Sizes that neither the encoder nor the tokenizer gives.
   *
   * @param positions tokens of a text at most
   * @param jointWidth of the space in which images and texts are compared
   */
  public record Sizes(QFormerSizes qformer, int positions, int jointWidth) {

    static Sizes read(RecipeNode node) {
      Blip2Stage1Config published = Blip2Stage1Config.base(1);
      return new Sizes(
          QFormerSizes.read(node),
          node.integer("positions", published.qformer().text().positions()).atLeast(2),
          node.integer("joint_width", published.jointWidth()).atLeast(1));
    }

    /**
     * All sizes.
     *
     * @param imageWidth of the encoder
     * @param tokenizer whose words are read; one more begins a text, which it may have as its last
     */
    public Blip2Stage1Config between(int imageWidth, Tokenizer tokenizer) {
      int size = tokenizer.vocabularySize();
      int words = tokenizer.idOf(BEGIN).orElse(-1) == size - 1 ? size - 1 : size;
      return between(imageWidth, words);
    }

    /**
     * All sizes.
     *
     * @param imageWidth of the encoder
     * @param words of the tokenizer; one more begins a text
     */
    public Blip2Stage1Config between(int imageWidth, int words) {
      TextSide text = new TextSide(words + 1, positions);
      return new Blip2Stage1Config(qformer.between(imageWidth, text), jointWidth);
    }
  }

  /**
   * What is learned.
   *
   * @param train data sets with captions, at least one
   * @param validation data sets for the validation loss; may be empty
   * @param maxTokens of a text with the marks around it; longer ones are cut
   */
  public record Data(List<DatasetSpec> train, List<DatasetSpec> validation, int maxTokens) {

    private static final int MAX_TOKENS = 32;

    static Data read(RecipeNode node) {
      Data data =
          new Data(
              node.sections("train", DatasetSpec::read),
              node.sections("validation", DatasetSpec::read),
              node.integer("max_tokens", MAX_TOKENS).atLeast(3));
      node.check(!data.train().isEmpty(), "train", "must name at least one data set");
      return data;
    }
  }

  private record Loss(Weights weights, double temperature) {
    static Loss read(RecipeNode node) {
      Weights published = Weights.PUBLISHED;
      double itc = node.number("itc", published.itc()).atLeast(0.0);
      double itm = node.number("itm", published.itm()).atLeast(0.0);
      double itg = node.number("itg", published.itg()).atLeast(0.0);
      node.check(itc + itm + itg > 0, "itc", "must be above 0, or itm or itg must");
      return new Loss(
          new Weights(
              itc,
              itm,
              itg,
              node.number("itc_smoothing", published.itcSmoothing()).fromBelow(0.0, 1.0),
              node.number("itg_smoothing", published.itgSmoothing()).fromBelow(0.0, 1.0)),
          node.number("temperature", TEMPERATURE).above(0.0));
    }
  }

  private record Train(int batch, TrainingSettings settings) {
    static Train read(RecipeNode node) {
      int batch = node.integer("batch", BATCH).atLeast(2);
      TrainingSettings settings = TrainingSettings.read(node, DEFAULTS);
      node.check(
          batch % settings.accumulation() == 0 && batch / settings.accumulation() >= 2,
          "batch",
          "must give each of "
              + settings.accumulation()
              + " micro-batches as many pairs, 2 or more");
      return new Train(batch, settings);
    }
  }

  /** Reads a recipe. */
  public static Blip2Recipe read(RecipeNode node) {
    return node.kind("method", Map.of(METHOD, Blip2Recipe::readKind));
  }

  /** Reads a recipe whose {@code method} was read already and is {@link #METHOD}. */
  public static Blip2Recipe readKind(RecipeNode node) {
    Sizes sizes = node.section("qformer", Sizes::read);
    String vision = node.text("vision", "pocket");
    String tokenizer = node.text("tokenizer");
    Optional<String> bert = node.optionalText("bert");
    Optional<String> start = node.optionalText("start");
    node.check(bert.isEmpty() || start.isEmpty(), "bert", "makes no sense beside start");
    Data data = node.section("data", Data::read);
    node.check(
        data.maxTokens() <= sizes.positions(),
        "data",
        "must have max_tokens of at most qformer.positions, " + sizes.positions());
    Loss loss = node.section("loss", Loss::read);
    Train train = node.section("train", Train::read);
    return new Blip2Recipe(
        sizes,
        vision,
        tokenizer,
        bert,
        start,
        data,
        loss.weights(),
        loss.temperature(),
        train.batch(),
        train.settings());
  }

  @Override
  public List<DatasetSpec> learned() {
    return data.train();
  }

  @Override
  public List<DatasetSpec> validation() {
    return data.validation();
  }

  /** Pairs of one micro-batch. */
  public int rows() {
    return batch / train.accumulation();
  }
}
