package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.Method;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.CiderReward;
import io.lorgnette.nn.Dropout;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Self-critical training in a language of six words and captions of two or three, of which there
 * are so few that the expected reward can be had by enumeration.
 */
class RewardTaskTest {

  private static final String WORDS =
      "{\"version\": \"1.0\", \"model\": {\"type\": \"WordLevel\", \"unk_token\": \"?\","
          + " \"vocab\": {\"?\": 0, \".\": 1, \"a\": 2, \"the\": 3, \"dog\": 4, \"boat\": 5}},"
          + " \"normalizer\": {\"type\": \"Lowercase\"}, \"pre_tokenizer\": {\"type\":"
          + " \"Whitespace\"}}";
  private static final int VOCABULARY = 6;
  private static final int STOP = 1;
  private static final int LONGEST = 2; // of the captions that are enumerated
  private static final int PHOTOS = 12;

  private static final String RECIPE =
      "method: mapl\n"
          + "mapper: {width: 16, heads: 2, prefix_length: 2, layers: 1, feed_forward: 24}\n"
          + "data: {max_tokens: 20, train: [{kind: flickr8k}]}\n"
          + "reward: {samples: 4, temperature: 0.7, max_tokens: 3}\n"
          + "train: {batch: 48, steps: 30, learning_rate: 0.01, warmup_steps: 2, evaluate_every: 10,"
          + " checkpoint_every: 100, patience: 0, seed: 4, clip: 1}\n";

  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");

  @TempDir Path temporary;

  private Tokenizer tokenizer;
  private LanguageModel lm;
  private SmallWorld world;

  @BeforeEach
  void open() {
    tokenizer = Tokenizer.load(WORDS.getBytes(StandardCharsets.UTF_8), "six words");
    DecoderConfig sizes = DecoderConfig.smallLlama(VOCABULARY, 16, 2, 2, 32, 24);
    lm = LanguageModel.random(sizes, 5, Device.CPU);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor : lm.parameters().where(name -> !name.contains("norm"))) {
        tensor.mul_(new Scalar(8.0)); // so that what it says depends on what it is given
      }
    }
    EncoderSpec eyes =
        new EncoderSpec("small-eyes", "eyes:1", "none", SmallWorld.WIDTH, SmallWorld.TOKENS, 100);
    world =
        new SmallWorld(temporary.resolve("data"), Backbones.of(eyes, "six-words", lm, tokenizer));
  }

  @AfterEach
  void close() {
    world.close();
    lm.close();
    tokenizer.close();
  }

  /** A photo's caption that can be drawn, and what it is rewarded with. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  private record Possible(int photo, int[] ids, double reward) {}

  private List<Possible> possible(ConnectorTexts texts) {
    List<int[]> captions = new ArrayList<>();
    grow(new int[0], captions);
    List<List<String>> written = new ArrayList<>();
    for (int photo = 0; photo < PHOTOS; photo++) {
      written.add(texts.captions(photo));
    }
    CiderReward reward = CiderReward.of(written, CaptionTokens.PTB);
    List<Possible> all = new ArrayList<>();
    for (int photo = 0; photo < PHOTOS; photo++) {
      CiderReward.Image judge = reward.image(written.get(photo));
      for (int[] ids : captions) {
        all.add(
            new Possible(
                photo, ids, judge.of(tokenizer.decode(ids, true), ids[ids.length - 1] == STOP)));
      }
    }
    return all;
  }

  private static void grow(int[] said, List<int[]> captions) {
    for (int word = 0; word < VOCABULARY; word++) {
      int[] longer = Arrays.copyOf(said, said.length + 1);
      longer[said.length] = word;
      if (word == STOP || longer.length == LONGEST) {
        captions.add(longer);
      } else {
        grow(longer, captions);
      }
    }
  }

  private ConnectorTexts texts(Method method) {
    return new ConnectorTexts(
        List.of(world.dataset("train.jsonl")), Set.of(TextKind.CAPTIONS), method.prompts(), 20);
  }

  private Tensor photos() {
    List<FeatureKey> keys = new ArrayList<>();
    for (int photo = 0; photo < PHOTOS; photo++) {
      keys.add(SmallWorld.key(photo));
    }
    return world.features.get(keys);
  }

  /** The probability of each caption at a temperature, from the loss of each alone. */
  private double[] probabilities(Method method, List<Possible> all, double temperature) {
    double[] probabilities = new double[all.size()];
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor photos = photos();
      for (int i = 0; i < probabilities.length; i++) {
        Possible one = all.get(i);
        Text text = new Text(one.photo(), new int[0], one.ids());
        Tensor loss =
            method.loss(new TrainingBatch(photos, List.of(text)), Objective.drawnAt(temperature));
        probabilities[i] = Math.exp(-Tensors.value(loss) * one.ids().length);
      }
    }
    return probabilities;
  }

  private double expectedReward(Method method, List<Possible> all, double temperature) {
    double[] probabilities = probabilities(method, all, temperature);
    double sum = 0;
    double whole = 0;
    for (int i = 0; i < probabilities.length; i++) {
      sum += probabilities[i] * all.get(i).reward();
      whole += probabilities[i];
    }
    assertThat(whole).as("all captions of all photos").isCloseTo(PHOTOS, within(1e-3));
    return sum / PHOTOS;
  }

  /** The gradient of the expected reward by the theorem, all captions in one weighted batch. */
  private Map<String, float[]> exact(Method method, List<Possible> all, double temperature) {
    double[] probabilities = probabilities(method, all, temperature);
    try (Scope scope = Scope.open()) {
      List<Text> weighted = new ArrayList<>();
      long tokens = 0;
      for (int i = 0; i < probabilities.length; i++) {
        Possible one = all.get(i);
        double weight = probabilities[i] * one.reward();
        weighted.add(new Text(one.photo(), new int[0], one.ids(), weight));
        tokens += one.ids().length;
      }
      Tensor mean =
          method.loss(new TrainingBatch(photos(), weighted), Objective.drawnAt(temperature));
      mean.mul(new Scalar(-(double) tokens / PHOTOS)).backward();
    }
    return takeGradients(method);
  }

  private static Map<String, float[]> takeGradients(Method method) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      method
          .learned()
          .asMap()
          .forEach(
              (name, tensor) -> {
                if (tensor.grad().defined()) {
                  gradients.put(name, Tensors.toFloats(tensor.grad()));
                  tensor.mutable_grad().reset();
                }
              });
    }
    return gradients;
  }

  private static double dot(Map<String, float[]> one, Map<String, float[]> other) {
    double sum = 0;
    for (Map.Entry<String, float[]> entry : one.entrySet()) {
      for (int i = 0; i < entry.getValue().length; i++) {
        sum += (double) entry.getValue()[i] * other.get(entry.getKey())[i];
      }
    }
    return sum;
  }

  private static void move(Method method, Map<String, float[]> direction, double length) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      direction.forEach(
          (name, values) -> {
            Tensor tensor = method.learned().asMap().get(name);
            tensor.add_(
                Tensors.ofFloats(values, values.length)
                    .view(Tensors.shape(tensor))
                    .mul(new Scalar(length)));
          });
    }
  }

  @Test
  void followsTheGradientOfTheExpectedReward() {
    Recipe<ConnectorRecipe> recipe =
        SmallWorld.recipe(
            RECIPE, "reward.max_tokens=" + LONGEST, "reward.samples=8", "train.batch=96");
    double temperature = recipe.value().reward().orElseThrow().temperature();
    try (Method method = recipe.value().method().start(world.backbones, 3)) {
      ConnectorTexts texts = texts(method);
      RewardTask task =
          new RewardTask(
              method,
              world.features,
              texts,
              Optional.empty(),
              recipe.value(),
              Dtype.F32,
              ProcessGroup.alone());
      List<Possible> all = possible(texts);
      Map<String, float[]> exact = exact(method, all, temperature);
      double squared = dot(exact, exact);
      double step = 0.02 / Math.sqrt(squared);
      move(method, exact, step);
      double above = expectedReward(method, all, temperature);
      move(method, exact, -2 * step);
      double below = expectedReward(method, all, temperature);
      move(method, exact, step);
      assertThat((above - below) / (2 * step)).isCloseTo(squared, within(0.02 * squared));

      int steps = 80;
      for (int i = 0; i < steps; i++) {
        try (Scope scope = Scope.open()) {
          for (TrainingTask.Part part : task.parts(i, 0, Cut.alone(2))) {
            part.loss(task.trained(), Dropout.NONE).mul(new Scalar(-1.0 / steps)).backward();
          }
        }
      }
      Map<String, float[]> drawn = takeGradients(method);
      assertThat(dot(drawn, exact) / squared).isCloseTo(1, within(0.15));
      Map<String, Double> measured = task.measured();
      assertThat(measured.get("reward") / steps)
          .isCloseTo(expectedReward(method, all, temperature), within(0.1));
    }
  }

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    RunRecord.start(folder, "train", List.of(), SmallWorld.recipe(RECIPE), Map.of(), F32);
    return folder;
  }

  private TrainingLoop.Result run(RunFolder folder, BooleanSupplier stop, String... options) {
    return new ConnectorTraining(
            SmallWorld.recipe(RECIPE, options), world.backbones, world.features, Optional.empty())
        .run(
            folder,
            List.of(world.dataset("train.jsonl")),
            List.of(world.dataset("dev.jsonl")),
            F32,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            stop);
  }

  @Test
  void learnsToSayWhatIsRewardedAndOnlyTheImageTells() {
    RunFolder seeing = folder("seeing");
    TrainingLoop.Result seen = run(seeing, () -> false);
    TrainingLoop.Result blind = run(folder("blind"), () -> false, "method=mapl-blind");
    List<JsonNode> lines = seeing.steps();
    JsonNode first = lines.get(0);
    assertThat(first.path("reward").asDouble())
        .isCloseTo(-first.path("loss").asDouble(), within(1e-5));
    assertThat(first.path("tokens").asDouble()).isBetween(1.0, 3.0);
    JsonNode held = lines.get(lines.size() - 1).path("evaluation");
    assertThat(held.path("reward").asDouble()).isGreaterThan(first.path("reward").asDouble() + 1);
    assertThat(seen.best()).isLessThan(blind.best() - 0.2);
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws Exception {
    RunFolder whole = folder("whole");
    run(whole, () -> false, "train.steps=14");
    RunFolder cut = folder("cut");
    int[] steps = {0};
    run(cut, () -> ++steps[0] == 5, "train.steps=14");
    assertThat(run(cut, () -> false, "train.steps=14").step()).isEqualTo(14);
    String connector = ConnectorTraining.CONNECTOR;
    assertThat(Files.readAllBytes(cut.path().resolve(connector)))
        .isEqualTo(Files.readAllBytes(whole.path().resolve(connector)));
  }

  @Test
  void aRecipeThatCanNotBeRewardedSaysWhy() {
    assertThatThrownBy(() -> SmallWorld.recipe(RECIPE, "train.batch=46"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("multiple of 4 but is 46");
    assertThatThrownBy(() -> SmallWorld.recipe(RECIPE, "data.learn=[questions]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.learn must be [captions]");
    assertThatThrownBy(() -> SmallWorld.recipe(RECIPE, "train.label_smoothing=0.1"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train.label_smoothing must be 0");
    assertThatThrownBy(
            () ->
                SmallWorld.recipe(
                    "method: flamingo\ndata: {train: [{kind: flickr8k}]}\nreward: {}\n"
                        + "train: {batch: 10}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("can not weigh");
  }
}
