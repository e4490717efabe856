package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.recipe.RecipeNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A connector between two frozen models.
 *
 * @param method which system, with its sizes
 * @param backbones which models
 * @param data what it learns from
 * @param batch texts of one optimizer step, over all accumulated micro-batches
 * @param labelSmoothing share of the probability spread over all words
 * @param recompute whether layers of the frozen language model are run again for the gradient,
 *     which takes less memory and more time
 * @param reward what captions drawn from the connector are rewarded for; empty to learn people's
 *     texts
 * @param start a connector to go on from, relative to the recipe or {@code pocket-NAME}
 */
public record ConnectorRecipe(
    MethodConfig method,
    Names backbones,
    Data data,
    int batch,
    double labelSmoothing,
    boolean recompute,
    Optional<RewardSettings> reward,
    Optional<String> start,
    TrainingSettings train)
    implements TrainRecipe {

  /** MAPL's: constant rate after a warm-up, stopped by the validation loss, no clipping. */
  private static final TrainingSettings DEFAULTS =
      new TrainingSettings(
          new Schedule(Schedule.Kind.CONSTANT, 1500, 30_000, 0),
          new AdamW.Settings(0.9, 0.95, 1e-8, 0.01),
          1,
          3e-4,
          0,
          1000,
          1000,
          3,
          1,
          0);

  private static final int BATCH = 128;
  private static final int TOKENS = 64;

  /** OpenFlamingo's, as are the most images. */
  private static final int DOCUMENT_TOKENS = 256;

  private static final int MOST_IMAGES = 6;
  private static final String POCKET = "pocket";

  /**
   * The frozen models: {@code pocket}, another name that the program knows, or a folder relative to
   * the recipe; of a language model a GGUF file, too.
   *
   * @param output which of the encoder's outputs the method sees; empty for the encoder's own
   *     choice
   */
  public record Names(String vision, String output, String language) {
    static Names read(RecipeNode node, MethodConfig method) {
      return new Names(
          node.text("vision", POCKET),
          node.text("output", method.output()),
          node.text("language", POCKET));
    }
  }

  /**
   * What is learned.
   *
   * @param train data sets, at least one
   * @param validation data sets for the validation loss; may be empty
   * @param learn captions, questions with their answers, or both; or documents
   * @param answers which of a question's are learned
   * @param together texts of one image that share a batch, and so one pass of the mapper; 1 draws
   *     every text on its own, as the paper does
   * @param maxTokens of a prompt and its target; longer ones are left out and counted; of a
   *     document, which is cut
   * @param maxImages of a document, the first ones
   * @param views in which the training photos are seen, too; empty for as they are
   */
  public record Data(
      List<DatasetSpec> train,
      List<DatasetSpec> validation,
      Set<TextKind> learn,
      AnswerKind answers,
      int together,
      int maxTokens,
      int maxImages,
      Optional<Views> views) {

    static Data read(RecipeNode node) {
      Map<String, TextKind> known = new LinkedHashMap<>();
      for (TextKind kind : TextKind.values()) {
        known.put(kind.name().toLowerCase(Locale.ROOT), kind);
      }
      List<String> learn = node.texts("learn", List.of("captions"));
      node.check(
          !learn.isEmpty() && known.keySet().containsAll(learn),
          "learn",
          "must list one or more of " + String.join(", ", known.keySet()));
      boolean documents = learn.contains("documents");
      node.check(
          !documents || learn.size() == 1,
          "learn",
          "must be documents alone, or captions, questions or both");
      Data data =
          new Data(
              node.sections("train", DatasetSpec::read),
              node.sections("validation", DatasetSpec::read),
              learn.stream().map(known::get).collect(Collectors.toUnmodifiableSet()),
              node.choice("answers", AnswerKind.COMMON),
              node.integer("together", 5).atLeast(1),
              node.integer("max_tokens", documents ? DOCUMENT_TOKENS : TOKENS).atLeast(2),
              documents ? node.integer("max_images", MOST_IMAGES).atLeast(1) : MOST_IMAGES,
              node.optionalSection("views", Views::read));
      node.check(!data.train().isEmpty(), "train", "must name at least one data set");
      node.check(
          !documents || data.views().isEmpty(),
          "views",
          "are of photos with captions or questions; leave them out where documents are learned");
      return data;
    }
  }

  private record Train(
      int batch, double labelSmoothing, boolean recompute, TrainingSettings settings) {
    static Train read(RecipeNode node) {
      int batch = node.integer("batch", BATCH).atLeast(1);
      double smoothing = node.number("label_smoothing", 0).fromBelow(0.0, 1.0);
      boolean recompute = node.flag("recompute", false);
      TrainingSettings settings = TrainingSettings.read(node, DEFAULTS);
      node.check(
          batch % settings.accumulation() == 0,
          "batch",
          "must be a multiple of train.accumulation, "
              + settings.accumulation()
              + ", but is "
              + batch);
      return new Train(batch, smoothing, recompute, settings);
    }
  }

  /** Reads a recipe. */
  public static ConnectorRecipe read(RecipeNode node) {
    return readKind(node.choice("method", MethodKind.class), node);
  }

  /** Reads a recipe whose {@code method} was read already. */
  static ConnectorRecipe readKind(MethodKind kind, RecipeNode node) {
    MethodConfig method = kind.config(node);
    Names backbones = node.section("backbones", names -> Names.read(names, method));
    Data data = node.section("data", Data::read);
    node.check(
        method.readsSequences() || !data.learn().contains(TextKind.DOCUMENTS),
        "data",
        "learns documents, but the method takes one image at a time; choose flamingo, or learn"
            + " captions, which are the sentences that images stand before");
    node.check(
        data.answers() == AnswerKind.COMMON || method.weighsTexts(),
        "data",
        "learns all answers, but this method's loss can not weigh them; learn the common ones");
    Optional<String> start = node.optionalText("start");
    Optional<RewardSettings> reward = node.optionalSection("reward", RewardSettings::read);
    Train train = node.section("train", Train::read);
    reward.ifPresent(settings -> check(settings, method, data, train, node));
    return new ConnectorRecipe(
        method,
        backbones,
        data,
        train.batch(),
        train.labelSmoothing(),
        train.recompute(),
        reward,
        start,
        train.settings());
  }

  private static void check(
      RewardSettings reward, MethodConfig method, Data data, Train train, RecipeNode node) {
    node.check(
        method.weighsTexts(),
        "reward",
        "is not for this method, whose loss can not weigh its captions; leave it out");
    node.check(
        data.learn().equals(Set.of(TextKind.CAPTIONS)),
        "reward",
        "is for captions, so data.learn must be [captions]");
    node.check(
        train.labelSmoothing() == 0,
        "reward",
        "needs the exact probability of a caption, so train.label_smoothing must be 0");
    int each = train.settings().accumulation() * reward.samples();
    node.check(
        train.batch() % each == 0,
        "reward",
        "draws "
            + reward.samples()
            + " captions of a photo, so train.batch must be a multiple of "
            + each
            + " but is "
            + train.batch());
  }

  @Override
  public List<DatasetSpec> datasets() {
    return Stream.concat(data.train().stream(), data.validation().stream()).toList();
  }

  /** Whether some texts count more than others. */
  boolean weighsTexts() {
    return reward.isPresent() || data.answers() == AnswerKind.ALL;
  }

  /** Texts of one micro-batch. */
  public int rows() {
    return batch / train.accumulation();
  }
}
