package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Offset.offset;

import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.MaplMapper;
import io.lorgnette.method.Method.Shot;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the figure promises: losses, gradients, prompts, and that the image counts. */
class MaplTest {

  private static final int[] NO_PROMPT = {};
  private static final List<Text> TEXTS =
      List.of(
          new Text(0, NO_PROMPT, new int[] {40, 41, 42, 13}),
          new Text(0, NO_PROMPT, new int[] {50, 13}),
          new Text(1, new int[] {60, 61, 62}, new int[] {63, 64, 13}));

  @Test
  void weighsEveryTargetTokenAlikeWhateverThePadding() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      Tensor features = TinyBackbones.features(2, 3);
      double together = loss(mapl, new TrainingBatch(features, TEXTS));
      double sum = 0;
      long tokens = 0;
      for (Text text : TEXTS) {
        TrainingBatch alone = new TrainingBatch(features, List.of(text));
        sum += loss(mapl, alone) * alone.targetTokens(mapl.config());
        tokens += alone.targetTokens(mapl.config());
      }
      assertThat(tokens).isEqualTo(9);
      assertThat(together).isCloseTo(sum / tokens, within(1e-5));
    }
  }

  @Test
  void agreesWithProbabilitiesTakenOneByOne() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      LanguageModel lm = tiny.lm();
      Tensor features = TinyBackbones.features(1, 3);
      int[] target = {40, 41, 13};
      Tensor row = mapl.see(features); // [1, P, D]
      double sum = 0;
      for (int id : target) {
        Tensor logits = lm.logits(lm.hidden(row)).select(1, row.size(1) - 1);
        sum -= Tensors.toFloats(torch.log_softmax(logits, 1))[id];
        row = Tensors.cat(1, row, lm.embed(Tensors.ofLongs(new long[] {id}, 1, 1)));
      }
      TrainingBatch batch = new TrainingBatch(features, List.of(new Text(0, NO_PROMPT, target)));
      assertThat(loss(mapl, batch)).isCloseTo(sum / target.length, within(1e-5));
    }
  }

  @Test
  void trainsTheMapperAndNothingElse() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      mapl.trained().trainable(true);
      TrainingBatch batch = new TrainingBatch(TinyBackbones.features(2, 3), TEXTS);
      mapl.loss(batch, new Objective(Dropout.seeded(1), 0)).backward();
      mapl.trained()
          .asMap()
          .forEach(
              (name, tensor) -> {
                float[] gradient = Tensors.toFloats(tensor.grad());
                assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]);
              });
      tiny.get()
          .lm()
          .parameters()
          .tensors()
          .forEach(tensor -> assertThat(tensor.grad().defined()).isFalse());
      assertThat(mapl.trained().count())
          .isEqualTo(mapl.parts().stream().filter(Part::trained).mapToLong(Part::parameters).sum());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hasTheSameGradientsWhereLayersAreRunAgain(boolean single) {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.config(0.5).create(2, Device.CPU))) {
      mapl.trained().trainable(true);
      List<Text> texts = single ? TEXTS.subList(0, 1) : TEXTS;
      TrainingBatch batch = new TrainingBatch(TinyBackbones.features(2, 3), texts);
      Tensor kept = mapl.loss(batch, new Objective(Dropout.seeded(5), 0.1));
      kept.mul(new Scalar(0.5)).backward();
      Map<String, float[]> gradients = new LinkedHashMap<>();
      mapl.trained()
          .asMap()
          .forEach(
              (name, tensor) -> {
                gradients.put(name, Tensors.toFloats(tensor.grad()));
                tensor.mutable_grad().reset();
              });
      Tensor again = mapl.loss(batch, new Objective(Dropout.seeded(5), 0.1).recomputing(true));
      again.mul(new Scalar(0.5)).backward();
      assertThat(Tensors.value(again)).isEqualTo(Tensors.value(kept));
      mapl.trained()
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(Tensors.toFloats(tensor.grad()))
                      .as(name)
                      .containsExactly(gradients.get(name), offset(1e-7f)));
      tiny.get()
          .lm()
          .parameters()
          .tensors()
          .forEach(tensor -> assertThat(tensor.grad().defined()).isFalse());
    }
  }

  @Test
  void looksAtTheImageUnlessBlind() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Method mapl = new Mapl.Config(TinyBackbones.sizes(0)).start(tiny.get(), 2);
        Method blind = new MaplBlind.Config(TinyBackbones.sizes(0)).start(tiny.get(), 2)) {
      TrainingBatch one = new TrainingBatch(TinyBackbones.features(2, 3), TEXTS);
      TrainingBatch other = one.with(TinyBackbones.features(2, 4));
      assertThat(loss(mapl, one)).isNotCloseTo(loss(mapl, other), within(1e-4));
      assertThat(loss(blind, one)).isEqualTo(loss(blind, other));
      assertThat(Tensors.toFloats(mapl.see(one.features())))
          .isNotEqualTo(Tensors.toFloats(mapl.see(other.features())));
      assertThat(Tensors.toFloats(blind.see(one.features())))
          .isEqualTo(Tensors.toFloats(blind.see(other.features())));
      assertThat(blind.trained().count()).isEqualTo(mapl.trained().count());
      assertThat(blind.kind()).isEqualTo(MethodKind.MAPL_BLIND);
    }
  }

  @Test
  void dropsAndSmoothsInTrainingAlone() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.config(0.5).create(2, Device.CPU))) {
      TrainingBatch batch = new TrainingBatch(TinyBackbones.features(2, 3), TEXTS);
      Objective training = new Objective(Dropout.seeded(5), 0);
      double first = Tensors.value(mapl.loss(batch, training));
      double second = Tensors.value(mapl.loss(batch, training));
      Objective same = new Objective(Dropout.seeded(5), 0);
      assertThat(Tensors.value(mapl.loss(batch, same))).isEqualTo(first);
      assertThat(second).isNotEqualTo(first);
      assertThat(loss(mapl, batch)).isEqualTo(loss(mapl, batch));
      double smooth = Tensors.value(mapl.loss(batch, new Objective(Dropout.NONE, 0.3)));
      assertThat(smooth).isNotCloseTo(loss(mapl, batch), within(1e-6));
    }
  }

  /** The first word that is generated follows exactly the layout that METHODS gives. */
  @Test
  void promptsForCaptionsAndAnswers() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      Tensor seen = mapl.see(TinyBackbones.features(3, 3));
      Tensor image = seen.select(0, 0);
      Tensor a = seen.select(0, 1);
      Tensor b = seen.select(0, 2);

      same(tiny, mapl.caption(image), image);
      same(
          tiny,
          mapl.answer(image, "What is it?", List.of()),
          image,
          words(tiny, "Please answer the question. Question: What is it? Answer:"));
      same(
          tiny,
          mapl.answer(
              image, "What is it?", List.of(new Shot(a, "Who?", "me"), new Shot(b, "Why?", "so"))),
          words(tiny, "Please answer the question."),
          a,
          words(tiny, " Question: Who? Answer: me."),
          b,
          words(tiny, " Question: Why? Answer: so."),
          image,
          words(tiny, " Question: What is it? Answer:"));
    }
  }

  private static Tensor words(TinyBackbones tiny, String text) {
    return tiny.get().lm().embed(Tensors.ofInts(tiny.get().tokenizer().encode(text)));
  }

  private static void same(TinyBackbones tiny, Prompt prompt, Tensor... expected) {
    LanguageModel lm = tiny.lm();
    Tensor all = Tensors.cat(0, expected).unsqueeze(0); // [1, T, D]
    assertThat(prompt.length()).isEqualTo((int) all.size(1));
    Tensor logits = lm.logits(lm.hidden(all)).select(1, all.size(1) - 1);
    float[] chances = Tensors.toFloats(torch.log_softmax(logits, 1));
    Generation first = new Generator(lm).generate(prompt, GenerationConfig.greedy(1));
    assertThat(first.logProbabilities()[0]).isCloseTo(chances[first.ids()[0]], within(1e-5f));
    for (float chance : chances) {
      assertThat(chance).isLessThanOrEqualTo(first.logProbabilities()[0] + 1e-5f);
    }
  }

  @Test
  void refusesAMapperBetweenOtherWidths() {
    try (TinyBackbones tiny = new TinyBackbones(1);
        MaplMapper other = new MaplConfig(20, 32, 25, 4, 1, 4, 64, 0, true).create(1, Device.CPU)) {
      assertThatThrownBy(() -> Mapl.of(tiny.get(), other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("from width 20 to 25")
          .hasMessageContaining("tiny-encoder (width 20) and tiny-lm (width 24)");
    }
  }

  private static double loss(Method method, TrainingBatch batch) {
    return Tensors.value(method.loss(batch, Objective.VALIDATION));
  }
}
