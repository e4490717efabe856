package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.method.Method;
import io.lorgnette.method.Objective;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.method.Utterance;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.CiderReward;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Learns from its own captions (self-critical sequence training, Rennie et al. 2017): draws some of
 * each photo, and changes the probability of each by how much its CIDEr-D lies above or below the
 * mean of the others of its photo (Luo 2020).
 *
 * <p>The gradient is an unbiased estimate of that of the expected reward: {@code -mean over
 * captions of (reward - mean of the others) * gradient of log p(caption)}, without dropout. It is
 * taken in one pass in which the captions of a photo share what stands before them. The loss that
 * is shown is minus the mean reward.
 */
final class RewardTask extends MethodTask {

  /** Photos captioned at once in a validation. */
  private static final int HELD_BATCH = 32;

  private final ConnectorTexts train;
  private final Optional<ConnectorTexts> validation;
  private final CiderReward reward;
  private final CiderReward.Image[] trained; // by place; null where there is no caption
  private final List<Integer> held; // places of the validation that have captions
  private final CiderReward.Image[] heldOut; // by place in that list
  private final RewardSettings settings;
  private final TextOrder order; // of photos

  /** A task whose method is trained in place; see {@link MethodTask}. */
  RewardTask(
      Method method,
      FeatureCache features,
      ConnectorTexts train,
      Optional<ConnectorTexts> validation,
      ConnectorRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    super(method, features, recipe, format, group);
    this.train = train;
    this.validation = validation;
    settings = recipe.reward().orElseThrow();
    List<List<String>> captions =
        IntStream.range(0, train.places()).mapToObj(train::captions).toList();
    reward =
        CiderReward.of(captions.stream().filter(own -> !own.isEmpty()).toList(), CaptionTokens.PTB);
    trained =
        captions.stream()
            .map(own -> own.isEmpty() ? null : reward.image(own))
            .toArray(CiderReward.Image[]::new);
    held =
        validation.stream()
            .flatMap(texts -> IntStream.range(0, texts.places()).boxed())
            .filter(place -> !validation.orElseThrow().captions(place).isEmpty())
            .toList();
    heldOut =
        held.stream()
            .map(place -> reward.image(validation.orElseThrow().captions(place)))
            .toArray(CiderReward.Image[]::new);
    int[] once = captions.stream().mapToInt(own -> own.isEmpty() ? 0 : 1).toArray();
    order = new TextOrder(once, 1, recipe.train().seed());
  }

  @Override
  public String unit() {
    return "captions";
  }

  /**
   * A photo to be captioned.
   *
   * @param key of the view in which it is seen
   * @param seed of the draw, which depends on the run's seed and the photo's place in the run
   */
  private record Asked(int place, FeatureKey key, long seed) {}

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    int photos = recipe.rows() / settings.samples();
    long from = number(step, micro) * photos;
    Looks looks = looks(step, micro);
    List<Asked> asked = new ArrayList<>();
    for (TextOrder.Item item : order.take(from, photos)) {
      long seed = TrainingLoop.mix(recipe.train().seed(), from + asked.size(), settings.samples());
      asked.add(new Asked(item.image(), train.key(item.image(), looks), seed));
    }
    List<List<Asked>> pieces = new ArrayList<>();
    int count = Math.min(cut.all(), photos);
    for (int i = 0; i < count; i++) {
      pieces.add(asked.subList(i * photos / count, (i + 1) * photos / count));
    }
    List<Part> parts = new ArrayList<>();
    for (List<Asked> piece : cut.own(pieces)) {
      parts.add((leaves, dropout) -> loss(model(leaves), piece, (double) piece.size() / photos));
    }
    return parts;
  }

  /**
   * A piece's share of the loss.
   *
   * @param share of the photos of the micro-batch
   */
  private Tensor loss(Method model, List<Asked> piece, double share) {
    Tensor seen = features.get(piece.stream().map(Asked::key).toList());
    long[] seeds = piece.stream().mapToLong(Asked::seed).toArray();
    List<List<Generation>> drawn = new Speaker(model).drawnCaptions(seen, sampling(), seeds);
    List<Text> texts = new ArrayList<>();
    double rewards = 0;
    long tokens = 0;
    for (int photo = 0; photo < drawn.size(); photo++) {
      List<Generation> captions = drawn.get(photo);
      CiderReward.Image judge = trained[piece.get(photo).place()];
      double[] own = captions.stream().mapToDouble(caption -> reward(judge, caption)).toArray();
      double sum = Arrays.stream(own).sum();
      for (int k = 0; k < own.length; k++) {
        double others = (sum - own[k]) / (own.length - 1);
        int[] ids = captions.get(k).ids();
        texts.add(new Text(photo, model.prompts().beforeCaption(), ids, own[k] - others));
        tokens += ids.length;
      }
      rewards += sum;
    }
    Tensor mean =
        model.loss(
            new TrainingBatch(seen, texts),
            Objective.drawnAt(settings.temperature()).recomputing(recipe.recompute()));
    Tensor surrogate = mean.mul(new Scalar(share * tokens / texts.size()));
    double shown = share * rewards / texts.size();
    double part = share / recipe.train().accumulation();
    note(Map.of("reward", part * rewards / texts.size(), "tokens", part * tokens / texts.size()));
    return surrogate.add(new Scalar(-shown - Tensors.value(surrogate)));
  }

  private GenerationConfig sampling() {
    return GenerationConfig.sampling(
            new Sampling(settings.temperature(), 0, 1, 0), settings.maxTokens())
        .withNumReturn(settings.samples());
  }

  private static double reward(CiderReward.Image judge, Generation caption) {
    Utterance said = Utterance.caption(caption);
    return judge.of(said.text(), said.complete());
  }

  /** Minus the mean reward of the most probable captions, the reward itself, and their length. */
  @Override
  public Map<String, Double> evaluate() {
    if (validation.isEmpty()) {
      return Map.of();
    }
    double rewards = 0;
    double tokens = 0;
    for (int from = 0, batch = 0; from < held.size(); from += HELD_BATCH, batch++) {
      if (batch % group.size() == group.rank()) {
        List<Integer> places = held.subList(from, Math.min(held.size(), from + HELD_BATCH));
        List<Utterance> captions = captions(places);
        for (int i = 0; i < captions.size(); i++) {
          Utterance said = captions.get(i);
          rewards += heldOut[from + i].of(said.text(), said.complete());
          tokens += said.tokens();
        }
      }
    }
    Map<String, Double> sums = new LinkedHashMap<>();
    sums.put("loss", -rewards / held.size());
    sums.put("reward", rewards / held.size());
    sums.put("tokens", tokens / held.size());
    return group.sums(sums);
  }

  private List<Utterance> captions(List<Integer> places) {
    ConnectorTexts texts = validation.orElseThrow();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor seen =
          features.get(places.stream().map(place -> texts.key(place, Looks.PLAIN)).toList());
      GenerationConfig greedy = GenerationConfig.greedy(settings.maxTokens());
      return new Speaker(model(trained())).captions(seen, greedy);
    }
  }
}
