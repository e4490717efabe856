package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.TrainingBatch.Sequence;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Flamingo's loss over texts with several images. */
class FlamingoSequencesTest {

  private static final String SMALL = "latents: 3\nlayers: 2\nheads: 2\nhead_width: 8\nevery: 1";
  private static final int[] NONE = {};
  private static final int[] BEFORE = {11, 12, 13};
  private static final int[] FIRST = {40, 41, 42};
  private static final int[] SECOND = {50, 51};

  private static Flamingo flamingo(TinyBackbones tiny) {
    MethodConfig config =
        RecipeReader.readText(SMALL, "test", List.of(), MethodKind.FLAMINGO::config).value();
    Flamingo flamingo = (Flamingo) config.start(tiny.get(), 3);
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      flamingo
          .trained()
          .asMap()
          .forEach(
              (name, tensor) -> {
                if (name.contains("gate")) {
                  tensor.fill_(new Scalar(0.8)); // open, so that images matter
                }
              });
    }
    return flamingo;
  }

  private static TinyBackbones tiny() {
    return TinyBackbones.forMethod(
        RecipeReader.readText(SMALL, "test", List.of(), MethodKind.FLAMINGO::config).value());
  }

  private static Sequence sequence(int one, int other) {
    return new Sequence(BEFORE, List.of(new Text(one, NONE, FIRST), new Text(other, NONE, SECOND)));
  }

  private static double loss(Method method, Tensor features, Sequence... sequences) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(
          method.loss(
              new TrainingBatch(features, List.of(), List.of(sequences)), Objective.VALIDATION));
    }
  }

  /** Token by token through the model that reads prompts, which counts images by itself. */
  @Test
  void isTheMeanOverTheWordsBehindImages() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = tiny();
        Flamingo flamingo = flamingo(tiny);
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor features = tiny.input(3, 5);
      Tensor seen = flamingo.see(features);
      int mark = tiny.lm().vocabulary() + 1;
      Prompt prompt =
          Prompt.of(BEFORE)
              .thenImage(seen.select(0, 2), mark)
              .then(FIRST)
              .thenImage(seen.select(0, 0), mark)
              .then(SECOND);
      LanguageModel reader = (LanguageModel) flamingo.reader(List.of(prompt));
      long[] ids = {11, 12, 13, mark, 40, 41, 42, mark, 50, 51};
      Tensor hidden = reader.hidden(reader.embed(Tensors.ofLongs(ids, 1, ids.length)));
      Tensor logits = reader.logits(hidden); // [1, 10, V]
      double sum = 0;
      for (int at : new int[] {4, 5, 6, 8, 9}) {
        sum -= logProbability(Tensors.toFloats(logits.select(1, at - 1)), (int) ids[at]);
      }
      double loss = loss(flamingo, features, sequence(2, 0));
      assertThat(loss).isCloseTo(sum / 5, within(1e-4));
      assertThat(loss(flamingo, features, sequence(0, 2))).isNotCloseTo(loss, within(1e-3));
    }
  }

  private static double logProbability(float[] logits, int id) {
    double most = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double sum =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - most)).sum();
    return logits[id] - most - Math.log(sum);
  }

  /** Rows of other lengths, with fewer images, and other features beside change nothing. */
  @Test
  void weighsEveryTargetTokenAlike() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = tiny();
        Flamingo flamingo = flamingo(tiny)) {
      Tensor features = tiny.input(3, 5);
      Text text = new Text(1, new int[] {60}, new int[] {61, 62, 63, 64});
      Sequence two = sequence(2, 0);
      Sequence one = new Sequence(NONE, List.of(text));
      double together = loss(flamingo, features, two, one);
      double apart = 5 * loss(flamingo, features, two) + 4 * loss(flamingo, features, one);
      assertThat(together).isCloseTo(apart / 9, within(1e-4));
      TrainingBatch mixed = new TrainingBatch(features, List.of(text), List.of(two));
      assertThat(mixed.targetTokens(flamingo.config())).isEqualTo(9);
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        assertThat(Tensors.value(flamingo.loss(mixed, Objective.VALIDATION)))
            .isCloseTo(together, within(1e-5));
      }
    }
  }

  /** What is said behind the first image does not hang on the second. */
  @Test
  void wordsDoNotSeeLaterImages() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = tiny();
        Flamingo flamingo = flamingo(tiny)) {
      Tensor features = tiny.input(3, 5);
      Sequence alone = new Sequence(BEFORE, List.of(new Text(1, NONE, FIRST)));
      double first = 3 * loss(flamingo, features, alone);
      for (int other : new int[] {0, 2}) {
        double behind = 5 * loss(flamingo, features, sequence(1, other)) - first;
        // The same second chunk where the words of the first are given.
        Sequence given =
            new Sequence(
                BEFORE, List.of(new Text(1, new int[] {40, 41}, new int[] {42}), chunk(other)));
        Sequence shorter =
            new Sequence(BEFORE, List.of(new Text(1, new int[] {40, 41}, new int[] {42})));
        double again = 3 * loss(flamingo, features, given) - loss(flamingo, features, shorter);
        assertThat(behind).isCloseTo(again, within(1e-3));
      }
    }
  }

  private static Text chunk(int image) {
    return new Text(image, NONE, SECOND);
  }

  /** Words before the first image look nowhere, which must not spoil the gradients of the rest. */
  @Test
  void allThatIsTrainedGetsAFiniteGradient() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = tiny();
        Flamingo flamingo = flamingo(tiny)) {
      flamingo.learned().trainable(true);
      TrainingBatch batch = new TrainingBatch(tiny.input(3, 5), List.of(), List.of(sequence(2, 0)));
      flamingo.loss(batch, Objective.VALIDATION).backward();
      for (Map.Entry<String, Tensor> entry : flamingo.learned().asMap().entrySet()) {
        float[] gradient = Tensors.toFloats(entry.getValue().grad());
        assertThat(gradient).as(entry.getKey()).isNotEqualTo(new float[gradient.length]);
        for (float value : gradient) {
          assertThat(Float.isFinite(value)).as(entry.getKey()).isTrue();
        }
      }
    }
  }
}
