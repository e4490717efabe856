package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.method.Method.Losses;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.AdamW;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class VlkdTest {

  private static final int[] NOTHING = {};

  /** All of a short text is masked, so what the encoder reads is known. */
  private static final String SIZES =
      "states: 2\nwhole: 1\nmasks: {share: 0.9}\ntemperature: 0.2\n"
          + "losses: {distance: 2, contrast: 0.5, infilling: 3, text: 0.25}";

  private static final List<Text> CAPTIONS =
      List.of(
          new Text(0, NOTHING, new int[] {40, 41, 42, 13}),
          new Text(0, NOTHING, new int[] {50, 13}),
          new Text(1, NOTHING, new int[] {60, 61, 13}));

  private static final Text ANSWER = new Text(1, new int[] {60, 61, 62}, new int[] {63, 64, 13});

  private static Vlkd.Config config(String yaml) {
    return (Vlkd.Config)
        RecipeReader.readText(yaml, "test", List.of(), MethodKind.VLKD::config).value();
  }

  private static Map<String, Double> values(Losses losses) {
    Map<String, Double> values = new LinkedHashMap<>();
    losses.parts().forEach((name, part) -> values.put(name, Tensors.value(part)));
    return values;
  }

  private static EncoderDecoder bart(Backbones backbones) {
    return (EncoderDecoder) backbones.lm();
  }

  private static int mask(Backbones backbones) {
    return backbones.tokenizer().idOf("<mask>").orElseThrow();
  }

  private static int end(Backbones backbones) {
    return backbones.tokenizer().idOf("<|endoftext|>").orElseThrow();
  }

  private static int[] join(int[] first, int... second) {
    return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
  }

  /** What is lost on writing words, each token by a pass of its own; the first are given. */
  private static double cost(EncoderDecoder model, Tensor seen, int[] read, int given, int[] said) {
    Tensor encoded = model.encode(model.embed(Tensors.ofInts(read).view(1, read.length)), null);
    Tensor all = seen == null ? encoded : Tensors.cat(1, seen.unsqueeze(0), encoded);
    double sum = 0;
    for (int i = given; i < said.length; i++) {
      int[] before = join(new int[] {model.config().start()}, Arrays.copyOf(said, i));
      Tensor words = model.embed(Tensors.ofInts(before).view(1, before.length));
      Tensor hidden = model.decode(words, model.memory(all, null)).select(1, i);
      sum -= Tensors.toFloats(torch.log_softmax(model.logits(hidden), 1))[said[i]];
    }
    return sum;
  }

  @Test
  void everyLossAgreesWithPlainSums() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = TinyBackbones.forMethod(config(SIZES));
        Method method = config(SIZES).start(tiny.get(), 3)) {
      Backbones backbones = tiny.get();
      EncoderDecoder model = bart(backbones);
      int[] read = {mask(backbones), end(backbones)};
      Tensor features = tiny.input(2, 3);
      Losses losses = method.losses(new TrainingBatch(features, CAPTIONS), Objective.VALIDATION);
      Map<String, Double> parts = values(losses);

      Tensor seen = method.see(features);
      double filled = 0;
      double blind = 0;
      int tokens = 0;
      for (Text text : CAPTIONS) {
        int[] said = join(text.target(), end(backbones));
        filled += cost(model, seen.select(0, text.image()), read, 0, said);
        blind += cost(model, null, read, 0, said);
        tokens += said.length;
      }
      assertThat(parts.get("infilling")).isCloseTo(filled / tokens, within(1e-4));
      assertThat(parts.get("text")).isCloseTo(blind / tokens, within(1e-4));

      double[][] texts = new double[3][];
      double distance = 0;
      for (int i = 0; i < 3; i++) {
        texts[i] = sentence(method, model, join(CAPTIONS.get(i).target(), end(backbones)));
        String caption = backbones.tokenizer().decode(CAPTIONS.get(i).target(), true);
        float[] taught = Tensors.toFloats(backbones.teacher().embeds(List.of(caption)));
        double length = 0;
        for (int j = 0; j < taught.length; j++) {
          distance += (texts[i][j] - taught[j]) * (texts[i][j] - taught[j]) / 3;
          length += taught[j] * taught[j];
        }
        assertThat(length).isCloseTo(1, within(1e-5));
      }
      assertThat(parts.get("distance")).isCloseTo(distance, within(1e-4));
      assertThat(parts.get("contrast")).isCloseTo(contrast(features, texts), within(1e-4));

      assertThat(Tensors.value(losses.sum()))
          .isCloseTo(
              2 * parts.get("distance")
                  + 0.5 * parts.get("contrast")
                  + 3 * parts.get("infilling")
                  + 0.25 * parts.get("text"),
              within(1e-4));
    }
  }

  /** The mean of a text's states, times the projection. */
  private static double[] sentence(Method method, EncoderDecoder model, int[] text) {
    Tensor states = model.encode(model.embed(Tensors.ofInts(text).view(1, text.length)), null);
    float[] all = Tensors.toFloats(states.contiguous());
    float[] matrix = Tensors.toFloats(method.trained().get("text.weight"));
    double[] sentence = new double[TinyBackbones.WIDTH];
    for (int t = 0; t < text.length; t++) {
      for (int j = 0; j < sentence.length; j++) {
        for (int d = 0; d < TinyBackbones.LM_WIDTH; d++) {
          sentence[j] +=
              matrix[j * TinyBackbones.LM_WIDTH + d]
                  * all[t * TinyBackbones.LM_WIDTH + d]
                  / text.length;
        }
      }
    }
    return sentence;
  }

  /** Texts 0 and 1 are of image 0, text 2 is of image 1. */
  private static double contrast(Tensor features, double[][] texts) {
    float[] flat = Tensors.toFloats(features);
    double[][] cosines = new double[3][2];
    for (int t = 0; t < 3; t++) {
      for (int i = 0; i < 2; i++) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int j = 0; j < TinyBackbones.WIDTH; j++) {
          double x = flat[i * TinyBackbones.WIDTH + j];
          dot += x * texts[t][j];
          a += x * x;
          b += texts[t][j] * texts[t][j];
        }
        cosines[t][i] = Math.exp(dot / Math.sqrt(a * b) / 0.2);
      }
    }
    double text = 0;
    int[] owners = {0, 0, 1};
    for (int t = 0; t < 3; t++) {
      text -= Math.log(cosines[t][owners[t]] / (cosines[t][0] + cosines[t][1])) / 3;
    }
    double first = cosines[0][0] + cosines[1][0] + cosines[2][0];
    double second = cosines[0][1] + cosines[1][1] + cosines[2][1];
    double image =
        -0.5 * (Math.log(cosines[0][0] / first) / 2 + Math.log(cosines[1][0] / first) / 2)
            - 0.5 * Math.log(cosines[2][1] / second);
    return (text + image) / 2;
  }

  /** An answer is filled in behind its question; only captions are compared with the space. */
  @Test
  void aQuestionKeepsItsWords() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = TinyBackbones.forMethod(config(SIZES));
        Method method = config(SIZES).start(tiny.get(), 3)) {
      Backbones backbones = tiny.get();
      Tensor features = tiny.input(2, 3);
      Losses losses =
          method.losses(new TrainingBatch(features, List.of(ANSWER)), Objective.VALIDATION);
      assertThat(losses.parts().keySet()).containsExactly("infilling", "text");
      int[] read = join(ANSWER.prompt(), mask(backbones), end(backbones));
      int[] said = join(join(ANSWER.prompt(), ANSWER.target()), end(backbones));
      double cost = cost(bart(backbones), method.see(features).select(0, 1), read, 0, said);
      assertThat(values(losses).get("infilling")).isCloseTo(cost / said.length, within(1e-4));
    }
  }

  /** Against central differences in F64. */
  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Vlkd.Config config = config(SIZES.replace("whole: 1", "whole: 0.5").replace("0.9", "0.4"));
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method narrow = config.start(tiny.get(), 3);
        EncoderDecoder wide =
            EncoderDecoder.of(
                bart(tiny.get()).config(),
                bart(tiny.get()).parameters().copyTo(Dtype.F64, Device.CPU),
                "wide")) {
      Backbones backbones =
          Backbones.of(tiny.get().encoder(), "wide", wide, tiny.get().tokenizer())
              .withTeacher(tiny.get().teacher());
      Parameters parameters = narrow.trained().copyTo(Dtype.F64, Device.CPU);
      Method method = config.of(backbones, parameters);
      method.learned().trainable(true);
      List<Text> texts = new ArrayList<>(CAPTIONS);
      texts.add(ANSWER);
      TrainingBatch batch = new TrainingBatch(tiny.input(2, 3), texts);
      Tensor loss = method.loss(batch, Objective.VALIDATION);
      assertThat(Tensors.dtype(loss)).isEqualTo(Dtype.F64);
      loss.backward();
      double step = 1e-5;
      method
          .learned()
          .asMap()
          .forEach(
              (name, tensor) -> {
                Tensor gradients = tensor.grad().view(-1);
                long at = Tensors.toLongs(gradients.abs().argmax().view(1))[0];
                double gradient = Tensors.value(gradients.select(0, at));
                Tensor one = tensor.detach().view(-1).select(0, at);
                one.add_(new Scalar(step));
                double above = value(method, batch);
                one.sub_(new Scalar(2 * step));
                double below = value(method, batch);
                one.add_(new Scalar(step));
                assertThat((above - below) / (2 * step))
                    .as(name)
                    .isCloseTo(gradient, within(1e-7 + 1e-4 * Math.abs(gradient)));
              });
      parameters.close();
    }
  }

  private static double value(Method method, TrainingBatch batch) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(method.loss(batch, Objective.VALIDATION));
    }
  }

  /** The draws decide about masks, and a text about its own. */
  @Test
  void masksDependOnTheDrawAndTheText() {
    Vlkd.Config config = config("whole: 0\nmasks: {share: 0.5, span: 1}");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method method = config.start(tiny.get(), 3)) {
      List<Text> texts = List.of(CAPTIONS.get(0), CAPTIONS.get(2));
      List<Text> turned = List.of(CAPTIONS.get(2), CAPTIONS.get(0));
      Tensor features = tiny.input(2, 3);
      double one = drawn(method, new TrainingBatch(features, texts), 5);
      assertThat(drawn(method, new TrainingBatch(features, texts), 5)).isEqualTo(one);
      assertThat(drawn(method, new TrainingBatch(features, turned), 5))
          .isCloseTo(one, within(1e-4));
      long different =
          IntStream.range(6, 16)
              .mapToDouble(seed -> drawn(method, new TrainingBatch(features, texts), seed))
              .distinct()
              .count();
      assertThat(different).isGreaterThan(2);
    }
  }

  private static double drawn(Method method, TrainingBatch batch, long seed) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(method.loss(batch, new Objective(Dropout.seeded(seed), 0)));
    }
  }

  /** What is generated has the probability that training would give it. */
  @Test
  void fillsInAsItWasTrained() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = TinyBackbones.forMethod(config(SIZES));
        Method method = config(SIZES).start(tiny.get(), 3)) {
      Backbones backbones = tiny.get();
      EncoderDecoder model = bart(backbones);
      Tensor seen = method.see(tiny.input(2, 3));
      Prompt caption = method.caption(seen.select(0, 0));
      Prompt answer = method.answer(seen.select(0, 1), "What is it?", List.of());
      Generator generator = new Generator(method.reader(List.of(caption, answer)));
      List<Generation> said =
          generator.generate(List.of(caption, answer), GenerationConfig.greedy(4));
      int[] mask = {mask(backbones), end(backbones)};
      assertThat(-4 * said.get(0).logProbabilityPerToken())
          .isCloseTo(cost(model, seen.select(0, 0), mask, 0, said.get(0).ids()), within(1e-3));
      int[] question = backbones.tokenizer().encode("Question: What is it? Answer:");
      assertThat(-4 * said.get(1).logProbabilityPerToken())
          .isCloseTo(
              cost(
                  model,
                  seen.select(0, 1),
                  join(question, mask),
                  question.length,
                  join(question, said.get(1).ids())),
              within(1e-3));
    }
  }

  @Test
  void aBatchIsLearnedByHeartAndTheTeacherStaysAsItIs() {
    Vlkd.Config config = config("states: 2\nwhole: 1");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method method = config.start(tiny.get(), 3)) {
      String[] words = {"a dog", "a boat"};
      float[] before = Tensors.toFloats(tiny.get().teacher().embeds(List.of(words)));
      method.learned().trainable(true);
      Tensor features = tiny.input(2, 3);
      int stop = method.prompts().stop();
      int[] one = {40, 41, 42, stop};
      int[] other = {60, 61, stop};
      TrainingBatch batch =
          new TrainingBatch(
              features, List.of(new Text(0, NOTHING, one), new Text(1, NOTHING, other)));
      Map<String, Double> first = values(method.losses(batch, Objective.VALIDATION));
      try (AdamW optimizer =
          new AdamW(
              method.learned().asMap(),
              new AdamW.Settings(0.9, 0.95, 1e-8, 0),
              config::decays,
              config::rate)) {
        for (int step = 0; step < 40; step++) {
          try (Scope inner = Scope.open()) {
            optimizer.zeroGradients();
            method.loss(batch, Objective.VALIDATION).backward();
            optimizer.step(1e-2);
          }
        }
      }
      Map<String, Double> last = values(method.losses(batch, Objective.VALIDATION));
      first.forEach((name, value) -> assertThat(last.get(name)).as(name).isLessThan(value / 2));
      assertThat(Tensors.toFloats(tiny.get().teacher().embeds(List.of(words)))).isEqualTo(before);
      List<Utterance> said = new Speaker(method).captions(features, GenerationConfig.greedy(6));
      Tokenizer tokenizer = tiny.get().tokenizer();
      assertThat(said.stream().map(Utterance::text).toList())
          .containsExactly(
              tokenizer.decode(one, true).strip(), tokenizer.decode(other, true).strip());
    }
  }

  @Test
  void saysWhatItNeeds() {
    Vlkd.Config config = config("");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        TinyBackbones decoder = new TinyBackbones(1);
        Method method = config.start(tiny.get(), 3);
        Tokenizer plain = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"))) {
      Method unlearned = config.of(tiny.get().withTeacher(null), method.trained());
      TrainingBatch batch = new TrainingBatch(tiny.input(2, 3), CAPTIONS);
      assertThatThrownBy(() -> unlearned.loss(batch, Objective.VALIDATION))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("texts are not there")
          .hasMessageContaining("both sides of one joint space");
      assertThatThrownBy(() -> config.start(decoder.get(), 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("trains a BART");
      Backbones without = Backbones.of(tiny.get().encoder(), "bart", tiny.get().lm(), plain);
      assertThatThrownBy(() -> config.start(without, 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("has none of <mask>, <|mask|>");
      assertThatThrownBy(() -> config("losses: {infilling: 0}"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("nothing else learns to see");
    }
  }
}
