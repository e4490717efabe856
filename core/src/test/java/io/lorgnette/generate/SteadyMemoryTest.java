package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Native memory over ten thousand steps: what a step takes it gives back. */
class SteadyMemoryTest {

  private static final int WARM = 1_000;
  private static final int STEPS = 10_000;

  /** What the Java heap of the process touches meanwhile, whatever the steps keep. */
  private static final long SLACK = 256L << 20;

  private static final int TOKENS = 16;

  @BeforeEach
  void oneThread() {
    Engine.threads(1);
  }

  private static LanguageModel model() {
    return LanguageModel.load(Golden.resource("goldens/llama/checkpoint"), Dtype.F32, Device.CPU);
  }

  private static void assertSteady(Runnable step, int perRun) {
    for (int done = 0; done < WARM; done += perRun) {
      step.run();
    }
    long objects = Pointer.totalCount();
    long bytes = Pointer.physicalBytes();
    for (int done = WARM; done < STEPS; done += perRun) {
      step.run();
    }
    assertThat(Pointer.totalCount() - objects).isLessThanOrEqualTo(0);
    assertThat(Pointer.physicalBytes() - bytes).isLessThan(SLACK);
  }

  @Test
  void writingKeepsNothing() {
    try (LanguageModel lm = model()) {
      Generator generator = new Generator(lm);
      List<Prompt> prompts = List.of(Prompt.of(1, 2, 3), Prompt.of(4, 5));
      assertSteady(() -> generator.generateAll(prompts, GenerationConfig.beams(2, TOKENS)), TOKENS);
    }
  }

  @Test
  void gradientsThroughAFrozenModelKeepNothing() {
    try (LanguageModel lm = model();
        Scope outer = Scope.open()) {
      Tensor prefix = Tensors.zeros(Dtype.F32, Device.CPU, 2, 4, lm.width()).requires_grad_(true);
      long[] labels = {-100, -100, 5, 6, -100, -100, 7, 8};
      assertSteady(
          () -> {
            try (Scope scope = Scope.open()) {
              NextTokenLoss.mean(lm, lm.hidden(prefix), labels).backward();
              prefix.mutable_grad().zero_();
            }
          },
          1);
    }
  }
}
