package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Parameters;
import io.lorgnette.nn.Rotary;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LowRankTest {

  private static final int RANK = 3;

  /** Fewer key heads than heads, so that queries and values differ in width. */
  private static final DecoderConfig GROUPED =
      new DecoderConfig(
          DecoderConfig.Family.LLAMA,
          50,
          16,
          16,
          2,
          32,
          DecoderConfig.Order.NORM_FIRST,
          new DecoderConfig.Norm(true, 1e-5, true),
          new DecoderConfig.Heads(4, 2, 4, true, false, false, false, false),
          new DecoderConfig.FeedForward(24, Activation.SILU, true, false),
          List.of(0, 0),
          Rotary.Form.halves(4, 10_000, null),
          0,
          true,
          false);

  private static Parameters updates(boolean zero) {
    Random random = new Random(4);
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      all.put("layers." + i + ".q.a", drawn(random, false, RANK, 16));
      all.put("layers." + i + ".q.b", drawn(random, zero, 16, RANK));
      all.put("layers." + i + ".v.a", drawn(random, false, RANK, 16));
      all.put("layers." + i + ".v.b", drawn(random, zero, 8, RANK));
    }
    return Parameters.of(all);
  }

  private static Tensor drawn(Random random, boolean zero, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = zero ? 0 : (float) random.nextGaussian();
    }
    return Tensors.ofFloats(values, rows, columns);
  }

  private static float[] run(LanguageModel lm) {
    Tensor ids = Tensors.ofLongs(new long[] {3, 7, 1, 20, 4, 4}, 2, 3);
    return Tensors.toFloats(lm.logits(lm.hidden(lm.embed(ids))));
  }

  @Test
  void startsAsTheModelItself() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = LanguageModel.random(GROUPED, 1, Device.CPU)) {
      assertThat(run(lm.with(new LowRank(updates(true), 2)))).isEqualTo(run(lm));
    }
  }

  @Test
  void mergedOrBesideTheMatricesItIsTheSame() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        LanguageModel lm = LanguageModel.random(GROUPED, 1, Device.CPU)) {
      for (Tensor tensor : lm.parameters().where(name -> name.contains("attention"))) {
        tensor.mul_(new Scalar(10.0));
      }
      LowRank updates = new LowRank(updates(false), 0.5);
      float[] beside = run(lm.with(updates));
      float[] merged = run(updates.merged(lm));
      assertThat(Differences.largest(beside, run(lm))).isGreaterThan(1e-2f);
      assertThat(Differences.largest(beside, merged)).isLessThan(1e-5f);
    }
  }

  @Test
  void refusesAnotherModel() {
    DecoderConfig wider = DecoderConfig.smallLlama(50, 24, 2, 4, 24, 32);
    try (Scope scope = Scope.open();
        LanguageModel lm = LanguageModel.random(wider, 1, Device.CPU)) {
      assertThatThrownBy(() -> lm.with(new LowRank(updates(true), 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another model's layer 0");
    }
  }
}
