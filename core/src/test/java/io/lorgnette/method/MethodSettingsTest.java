package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.PixelEncoder;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Settings that only one method has. */
class MethodSettingsTest {

  private static final int[] NO_PROMPT = {};

  private static MethodConfig config(MethodKind kind, String yaml) {
    return RecipeReader.readText(yaml, "test", List.of(), kind::config).value();
  }

  private static double loss(Method method, Tensor input, int... target) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      TrainingBatch batch = new TrainingBatch(input, List.of(new Text(0, NO_PROMPT, target)));
      return Tensors.value(method.loss(batch, Objective.VALIDATION));
    }
  }

  /** Padded with 0, the published ClipCap never learns to write what 0 stands for. */
  @Test
  void clipCapReadsTheTokenZeroButDoesNotLearnIt() {
    String sizes = "length: 3\nlayers: 2\nheads: 4\n";
    MethodConfig plain = config(MethodKind.CLIP_CAP, sizes);
    MethodConfig published = config(MethodKind.CLIP_CAP, sizes + "zero_is_padding: true");
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(plain);
        Method all = plain.start(tiny.get(), 3);
        Method some = published.start(tiny.get(), 3)) {
      Tensor input = tiny.input(1, 3);
      // Sums of log-probabilities, by the chain rule: "40 0 41" minus what "0" has in it.
      double three = 3 * loss(all, input, 40, 0, 41);
      double zero = 2 * loss(all, input, 40, 0) - loss(all, input, 40);
      assertThat(2 * loss(some, input, 40, 0, 41)).isCloseTo(three - zero, within(1e-4));
      assertThat(loss(some, input, 40, 41)).isEqualTo(loss(all, input, 40, 41));

      TrainingBatch batch =
          new TrainingBatch(input, List.of(new Text(0, NO_PROMPT, new int[] {40, 0, 41})));
      assertThat(batch.targetTokens(published)).isEqualTo(2);
      assertThat(batch.targetTokens(plain)).isEqualTo(3);
    }
  }

  @Test
  void frozenMayStartFromTheBackbone() {
    MethodConfig config = config(MethodKind.FROZEN, "start: backbone\nembeddings: 2");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method frozen = config.start(tiny.get(), 3)) {
      Tensor input = tiny.input(2, 3);
      Tensor pooled = tiny.get().eyes().encode(PixelEncoder.pixels(input)); // [2, 1, C]
      assertThat(Tensors.shape(pooled)).containsExactly(2, 1, 2L * TinyBackbones.WIDTH);
      Tensor weight = frozen.trained().get("mapper.out.weight");
      Tensor bias = frozen.trained().get("mapper.out.bias");
      Tensor expected = pooled.matmul(weight.t()).add(bias).view(2, 2, TinyBackbones.LM_WIDTH);
      assertThat(Tensors.toFloats(frozen.see(input)))
          .containsExactly(Tensors.toFloats(expected), within(1e-5f));
      // The backbone's own weights are copied, not trained.
      frozen.trained().trainable(true);
      assertThat(tiny.get().eyes().parameters().tensors()).noneMatch(Tensor::requires_grad);
    }
  }
}
