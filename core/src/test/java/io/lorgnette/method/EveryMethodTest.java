package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explaining;
import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.nn.Dropout;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.train.AdamW;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every system, between the same small frozen models. */
class EveryMethodTest {

  private static final int[] NO_PROMPT = {};

  /** What nothing flows through: a blind mapper sees zeros, and no layer reads the last text. */
  private static final Map<MethodKind, String> UNUSED =
      Map.of(
          MethodKind.MAPL_BLIND, "down\\.weight",
          MethodKind.INSTRUCT_BLIP, "layers\\.1\\.text_.*");

  /** Small sizes for each; those that are not here have none to choose. */
  private static final Map<MethodKind, String> SMALL =
      Map.ofEntries(
          Map.entry(MethodKind.MAPL, mapl("")),
          Map.entry(MethodKind.MAPL_BLIND, mapl("")),
          Map.entry(MethodKind.FINE_TUNE, mapl("")),
          Map.entry(MethodKind.LORA, mapl("low_rank: {rank: 2}")),
          Map.entry(
              MethodKind.BLIP2,
              "qformer: {queries: 3, width: 24, layers: 2, heads: 4, hidden: 48, dropout: 0}"),
          Map.entry(
              MethodKind.INSTRUCT_BLIP,
              "qformer: {queries: 3, width: 24, layers: 2, heads: 4, hidden: 48, dropout: 0}\n"
                  + "text: {vocabulary: 50257, positions: 16}"),
          Map.entry(MethodKind.CLIP_CAP, "length: 3\nlayers: 2\nheads: 4"),
          Map.entry(
              MethodKind.MINIGPT4,
              "qformer: {queries: 3, width: 24, layers: 2, heads: 4, hidden: 48}\n" + "end: ."),
          Map.entry(MethodKind.LIMBER, "dropout: 0"),
          Map.entry(MethodKind.VLKD, "states: 2"),
          Map.entry(MethodKind.FROZEN, "stem: 8\ndepths: [1, 1]\nchannels: [16, 32]"),
          Map.entry(MethodKind.MAGMA, "dropout: 0\nencoder_rate: 0.5"),
          Map.entry(
              MethodKind.FLAMINGO, "latents: 3\nlayers: 2\nheads: 2\nhead_width: 8\nevery: 1"));

  /** Tensors that get no gradient before the first step: those behind a closed gate or a zero. */
  private static final Map<MethodKind, String> LATER =
      Map.of(
          MethodKind.MAPL_BLIND, UNUSED.get(MethodKind.MAPL_BLIND),
          MethodKind.LORA, "language\\.layers\\.\\d+\\.[qv]\\.a",
          MethodKind.FLAMINGO, "perceiver\\..*|blocks\\.\\d+\\.(?!gate).*",
          // A block's last gain is zero, and so is what stands before it.
          MethodKind.FROZEN, "encoder\\..*",
          MethodKind.MAGMA, "encoder\\..*",
          // Zero but for rounding, since all scores of a query move alike.
          MethodKind.BLIP2, ".*\\.key\\.bias|.*kv\\.bias",
          MethodKind.INSTRUCT_BLIP, ".*kv\\.bias|layers\\.1\\.text_.*");

  /** What stands for an image is looked at from inside, not read among words. */
  private static final Set<MethodKind> NOT_AMONG_WORDS =
      EnumSet.of(MethodKind.VLKD, MethodKind.FLAMINGO);

  /** What stands for an image attends to its places. */
  private static final Set<MethodKind> ATTENDS =
      EnumSet.of(
          MethodKind.MAPL,
          MethodKind.FINE_TUNE,
          MethodKind.LORA,
          MethodKind.BLIP2,
          MethodKind.INSTRUCT_BLIP,
          MethodKind.MINIGPT4,
          MethodKind.FLAMINGO);

  @TempDir Path folder;

  private static String mapl(String more) {
    return "mapper: {width: 32, prefix_length: 4, layers: 2, heads: 4, feed_forward: 64,"
        + " dropout: 0}\n"
        + more;
  }

  private static MethodConfig config(MethodKind kind) {
    String yaml = SMALL.getOrDefault(kind, "");
    return RecipeReader.readText(yaml, "test", List.of(), kind::config).value();
  }

  /** With first weights; MiniGPT-4 takes its Q-Former from a BLIP-2. */
  private Method start(MethodKind kind, TinyBackbones tiny) {
    if (kind != MethodKind.MINIGPT4) {
      return config(kind).start(tiny.get(), 3);
    }
    Path file = folder.resolve("blip2.safetensors");
    try (Method blip2 = config(MethodKind.BLIP2).start(tiny.get(), 3)) {
      ConnectorCheckpoint.save(file, blip2, "abc", 7, "0.1");
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return config(kind).startFrom(checkpoint, tiny.get(), 3).orElseThrow();
    }
  }

  private static List<Text> texts() {
    return List.of(
        new Text(0, NO_PROMPT, new int[] {40, 41, 42, 13}),
        new Text(0, NO_PROMPT, new int[] {50, 13}),
        new Text(1, new int[] {60, 61, 62}, new int[] {63, 64, 13}));
  }

  @ParameterizedTest
  @EnumSource(MethodKind.class)
  void trainsWhatItSaysAndNothingElse(MethodKind kind) {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config(kind));
        Method method = start(kind, tiny)) {
      Map<String, float[]> frozen = values(tiny.get().lm().parameters().asMap());
      Map<String, float[]> before = values(method.trained().asMap());
      assertThat(method.learned().count())
          .isEqualTo(method.config().describe(tiny.get().pair()).trainedParameters());
      assertThat(method.config().keys(tiny.get()).shapes().keySet())
          .isEqualTo(method.trained().names());

      method.learned().trainable(true);
      TrainingBatch batch = new TrainingBatch(tiny.input(2, 3), texts());
      List<Double> losses = train(method, batch, 12, tiny);
      assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) - 0.1);
      values(tiny.get().lm().parameters().asMap())
          .forEach((name, value) -> assertThat(value).as(name).isEqualTo(frozen.get(name)));
      Map<String, float[]> after = values(method.trained().asMap());
      after.forEach(
          (name, value) -> {
            if (method.config().holds(name)) {
              assertThat(value).as(name).isEqualTo(before.get(name));
            } else if (!name.matches(UNUSED.getOrDefault(kind, ""))) {
              assertThat(value).as(name).isNotEqualTo(before.get(name));
            }
          });
    }
  }

  private static List<Double> train(
      Method method, TrainingBatch batch, int steps, TinyBackbones tiny) {
    List<Double> losses = new ArrayList<>();
    String later = LATER.getOrDefault(method.kind(), "none");
    try (AdamW optimizer =
        new AdamW(
            method.learned().asMap(),
            new AdamW.Settings(0.9, 0.95, 1e-8, 0),
            method.config()::decays,
            method.config()::rate)) {
      for (int step = 0; step < steps; step++) {
        Dropout dropout = Dropout.seeded(1);
        try (Scope scope = Scope.open()) {
          optimizer.zeroGradients();
          // A method over the same leaves, as the trainer makes one for every part of a batch.
          Tensor loss =
              method
                  .config()
                  .of(tiny.get(), method.trained())
                  .loss(batch, new Objective(dropout, 0));
          losses.add(Tensors.value(loss));
          loss.backward();
          if (step == 0) {
            method
                .learned()
                .asMap()
                .forEach(
                    (name, tensor) -> {
                      if (!name.matches(later)) {
                        float[] gradient = Tensors.toFloats(tensor.grad());
                        assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]);
                      }
                    });
          }
          optimizer.step(5e-3);
        }
      }
    }
    return losses;
  }

  private static Map<String, float[]> values(Map<String, Tensor> tensors) {
    Map<String, float[]> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, Tensors.toFloats(tensor.detach())));
    return values;
  }

  /** Padding and neighbours in a batch change nothing, unless images are to be told apart. */
  @ParameterizedTest
  @EnumSource(value = MethodKind.class, mode = EnumSource.Mode.EXCLUDE, names = "VLKD")
  void weighsEveryTargetTokenAlike(MethodKind kind) {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config(kind));
        Method method = start(kind, tiny)) {
      Tensor input = tiny.input(2, 3);
      double together = loss(method, new TrainingBatch(input, texts()));
      double sum = 0;
      long tokens = 0;
      for (Text text : texts()) {
        TrainingBatch alone = new TrainingBatch(input, List.of(text));
        sum += loss(method, alone) * alone.targetTokens(method.config());
        tokens += alone.targetTokens(method.config());
      }
      assertThat(together).isCloseTo(sum / tokens, within(1e-4));
    }
  }

  private static double loss(Method method, TrainingBatch batch) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(method.loss(batch, Objective.VALIDATION));
    }
  }

  @ParameterizedTest
  @EnumSource(MethodKind.class)
  void comesBackFromItsFileAsItWent(MethodKind kind) {
    Path file = folder.resolve("connector.safetensors");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config(kind));
        Method method = start(kind, tiny)) {
      ConnectorCheckpoint.save(file, method, "abc", 7, "0.1");
      assertThat(ConnectorCheckpoint.origin(file).config()).isEqualTo(method.config());
      TrainingBatch batch = new TrainingBatch(tiny.input(2, 3), texts());
      try (Method again = ConnectorCheckpoint.load(file, tiny.get());
          Method released =
              ConnectorCheckpoint.loadReleasedUnchecked(file, method.config(), tiny.get());
          Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(loss(again, batch)).isEqualTo(loss(method, batch));
        assertThat(loss(released, batch)).isEqualTo(loss(method, batch));
        assertThat(Set.copyOf(checkpoint.names()))
            .isEqualTo(Set.copyOf(method.config().keys(tiny.get()).storedNames().toList()));
      }
    }
  }

  /** One prompt is answered as among others, with and without shots. */
  /** The words of an explanation are those that are said, as probable as they are. */
  @ParameterizedTest
  @EnumSource(MethodKind.class)
  void isExplained(MethodKind kind) {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config(kind));
        Method method = start(kind, tiny)) {
      VisionEncoder encoder = tiny.encoder();
      RgbImage image = TinyBackbones.picture();
      GenerationConfig greedy = GenerationConfig.greedy(4);
      ExplainOptions options = ExplainOptions.CAPTION.with(2, 3).with(greedy);
      Explanation explained = new Explaining(method, encoder, image, options).finish();

      Tensor pixels = Tensors.ofFloats(encoder.processor().process(image), 1, 3, 16, 16);
      Tensor features = encoder.encode(pixels);
      Utterance said = new Speaker(method).captions(features, greedy).get(0);
      assertThat(explained.said()).isEqualTo(said.text());
      assertThat(explained.seeing()).isCloseTo(said.score() * said.tokens(), within(1e-3));
      assertThat(explained.words())
          .allSatisfy(word -> assertThat(word.lost()).hasSize(9))
          .isNotEmpty();
      assertThat(explained.visualTokens()).isEqualTo(encoder.tokens());
      // Flamingo begins with closed gates.
      boolean sees = kind != MethodKind.MAPL_BLIND && kind != MethodKind.FLAMINGO;
      double seen = Math.abs(explained.seeing() - explained.blindly()); // in batches of two sizes
      assertThat(seen > 1e-6).as("%s", seen).isEqualTo(sees);
      assertThat(explained.words().stream().flatMap(word -> word.lost().stream()))
          .anySatisfy(lost -> assertThat(Math.abs(lost) > 1e-6).isEqualTo(sees));

      Explanation answer =
          new Explaining(method, encoder, image, options.with(2, 0).withQuestion("What?")).finish();
      Utterance answered =
          new Speaker(method)
              .answers(features, List.of(new Speaker.Asked(0, "What?", List.of())), null, greedy)
              .get(0);
      assertThat(answer.said()).isEqualTo(answered.text());
      assertThat(answer.seeing()).isCloseTo(answered.score() * answered.tokens(), within(1e-3));
      assertThat(answer.words()).allSatisfy(word -> assertThat(word.lost()).isEmpty());
      assertThat(answer.prefix())
          .allSatisfy(token -> assertThat(token.nearest()).hasSize(2))
          .hasSize(NOT_AMONG_WORDS.contains(kind) ? 0 : answer.prefixLength());
      assertThat(answer.attention().missing().isEmpty()).isEqualTo(ATTENDS.contains(kind));
      assertThat(answer.attention().maps())
          .allSatisfy(map -> assertThat(map).hasSize(4).allMatch(share -> share > 0));
    }
  }

  @ParameterizedTest
  @EnumSource(MethodKind.class)
  void captionsAndAnswers(MethodKind kind) {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config(kind));
        Method method = start(kind, tiny)) {
      Speaker speaker = new Speaker(method);
      GenerationConfig greedy = GenerationConfig.greedy(4);
      Tensor images = tiny.input(2, 3);
      List<Utterance> both = speaker.captions(images, greedy);
      List<Utterance> second = speaker.captions(images.narrow(0, 1, 1), greedy);
      assertThat(both.get(1).text()).isEqualTo(second.get(0).text());
      assertThat(both.get(1).score()).isCloseTo(second.get(0).score(), within(1e-4));

      List<Speaker.ShownShot> shots =
          List.of(new Speaker.ShownShot(0, "Who?", "me"), new Speaker.ShownShot(1, "Why?", "so"));
      Speaker.Asked shown = new Speaker.Asked(0, "What is it?", shots);
      Speaker.Asked bare = new Speaker.Asked(1, "What?", List.of());
      Tensor examples = tiny.input(2, 5);
      List<Utterance> answers = speaker.answers(images, List.of(shown, bare), examples, greedy);
      Utterance alone = speaker.answers(images, List.of(shown), examples, greedy).get(0);
      assertThat(answers).hasSize(2);
      assertThat(answers.get(0).text()).isEqualTo(alone.text());
      assertThat(answers.get(0).score()).isCloseTo(alone.score(), within(1e-4));
    }
  }
}
