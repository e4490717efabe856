package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.verbal.TellingRecipe;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A whole encoder-decoder that learns to answer from words about images and passages found for
 * them.
 *
 * <pre>
 * method: trig
 * language: pocket-seq2seq
 * words: {captioner: pocket-captions, tags: 5}
 * passages: {corpus: wiki.jsonl, count: 5}
 * data:
 *   train:
 *     - {kind: vqav2, split: train}
 *   validation:
 *     - {kind: vqav2, split: dev}
 * train: {batch: 32, steps: 500}
 * </pre>
 *
 * @param language the model, a T5 or BART: a folder relative to the recipe, or pulled
 * @param words what it is told of images
 * @param passages where more is read; empty to read the image's words alone
 * @param learned data sets with questions, at least one
 * @param validation data sets for the validation loss; may be empty
 * @param maxTokens of one input of the encoder; longer ones lose their end
 * @param answerTokens of an answer; longer ones are left out in training, and cut when asked
 * @param batch questions of one optimizer step, over all accumulated micro-batches
 */
public record TrigRecipe(
    String language,
    TellingRecipe words,
    Optional<Reading> passages,
    List<DatasetSpec> learned,
    List<DatasetSpec> validation,
    int maxTokens,
    int answerTokens,
    int batch,
    TrainingSettings train)
    implements TrainRecipe {

  /** The name in recipes. */
  public static final String METHOD = "trig";

  private static final int BATCH = 32;
  private static final int PASSAGES = 5;

  private static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          new Schedule(Schedule.Kind.LINEAR, 100, 1000, 0),
          new AdamW.Settings(0.9, 0.999, 1e-8, 0.01),
          1,
          1e-4,
          1,
          100,
          100,
          3,
          1,
          0);

  /**
   * Passages.
   *
   * @param corpus JSON lines of id and text, relative to the recipe
   * @param count read for each question
   */
  public record Reading(String corpus, int count) {
    static Reading read(RecipeNode node) {
      return new Reading(node.text("corpus"), node.integer("count", PASSAGES).atLeast(1));
    }
  }

  private record Data(
      List<DatasetSpec> learned, List<DatasetSpec> validation, int maxTokens, int answerTokens) {
    static Data read(RecipeNode node) {
      Data data =
          new Data(
              node.sections("train", DatasetSpec::read),
              node.sections("validation", DatasetSpec::read),
              node.integer("max_tokens", 128).atLeast(8),
              node.integer("answer_tokens", 16).atLeast(1));
      node.check(!data.learned().isEmpty(), "train", "must name at least one data set");
      return data;
    }
  }

  private record Train(int batch, TrainingSettings settings) {
    static Train read(RecipeNode node) {
      int batch = node.integer("batch", BATCH).atLeast(1);
      TrainingSettings settings = TrainingSettings.read(node, DEFAULTS);
      node.check(
          batch % settings.accumulation() == 0,
          "batch",
          "must be a multiple of train.accumulation, " + settings.accumulation());
      return new Train(batch, settings);
    }
  }

  /** Reads a recipe. */
  public static TrigRecipe read(RecipeNode node) {
    String method = node.text("method");
    node.check(method.equals(METHOD), "method", "must be " + METHOD + " here, not " + method);
    return readKind(node);
  }

  /** Reads a recipe whose {@code method} was read already and is {@link #METHOD}. */
  static TrigRecipe readKind(RecipeNode node) {
    String language = node.text("language");
    TellingRecipe words = node.section("words", TellingRecipe::read);
    Optional<Reading> passages = node.optionalSection("passages", Reading::read);
    Data data = node.section("data", Data::read);
    Train train = node.section("train", Train::read);
    return new TrigRecipe(
        language,
        words,
        passages,
        data.learned(),
        data.validation(),
        data.maxTokens(),
        data.answerTokens(),
        train.batch(),
        train.settings());
  }

  @Override
  public List<DatasetSpec> datasets() {
    return Stream.concat(learned.stream(), validation.stream()).toList();
  }

  /** Questions of one micro-batch. */
  int rows() {
    return batch / train.accumulation();
  }
}
