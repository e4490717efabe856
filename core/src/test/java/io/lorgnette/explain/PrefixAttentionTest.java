package io.lorgnette.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.mapper.PerceiverConfig;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.AttentionTrace.Looked;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PrefixAttentionTest {

  private static final int TOKENS = 9;
  private static final int WIDTH = 16;

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  /** Mappers with layers that attend, and how many of them do. */
  static Stream<Arguments> mappers() {
    QFormerConfig qformer =
        new QFormerConfig(TOKENS, 32, 4, 4, 64, 2, WIDTH, null, Activation.GELU, 1e-12, 0);
    return Stream.of(
        Arguments.of(new MaplConfig(WIDTH, 32, 24, 5, 3, 4, 64, 0, true).create(1, Device.CPU), 3),
        Arguments.of(new QFormerMapperConfig(qformer, 24, true).create(2, Device.CPU), 2),
        Arguments.of(
            new PerceiverConfig(WIDTH, 5, 2, 2, 8, 64, Activation.GELU).create(3, Device.CPU), 2));
  }

  private static Tensor features() {
    Random random = new Random(4);
    float[] values = new float[TOKENS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * (float) random.nextGaussian();
    }
    return Tensors.ofFloats(values, 1, TOKENS, WIDTH);
  }

  @ParameterizedTest
  @MethodSource("mappers")
  void weightsSumToOneAndMakeTheLayersOutput(Mapper mapper, int layers) {
    try (mapper;
        Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      AtomicInteger seen = new AtomicInteger();
      Tensor traced =
          mapper.map(
              features(),
              (layer, looked) -> {
                seen.incrementAndGet();
                check(looked);
              });
      assertThat(seen.get()).isEqualTo(layers);
      assertThat(Tensors.toFloats(traced)).isEqualTo(Tensors.toFloats(mapper.map(features())));
    }
  }

  private static void check(Looked looked) {
    Tensor weights = looked.weights(); // [1, h, T, S]
    for (float sum : Tensors.toFloats(weights.sum(new long[] {3}))) {
      assertThat(sum).isCloseTo(1, within(1e-5f));
    }
    Tensor mixed = torch.matmul(weights, looked.v()).transpose(1, 2); // [1, T, h, d]
    float[] own = Tensors.toFloats(looked.out());
    float[] anew = Tensors.toFloats(mixed.reshape(1, mixed.size(1), looked.out().size(2)));
    assertThat(anew).hasSameSizeAs(own);
    for (int i = 0; i < own.length; i++) {
      assertThat(anew[i]).isCloseTo(own[i], within(1e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("mappers")
  void sharesAreOfTheImage(Mapper mapper, int layers) {
    try (mapper;
        Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      PrefixAttention trace = new PrefixAttention(TOKENS);
      assertThat(trace.any()).isFalse();
      Tensor prefix = mapper.map(features(), trace);
      assertThat(trace.any()).isTrue();
      double[][] shares = trace.shares();
      assertThat(shares).hasDimensions((int) prefix.size(1), TOKENS);
      boolean imageAlone = mapper.config() instanceof QFormerMapperConfig;
      for (double[] row : shares) {
        double sum = Arrays.stream(row).sum();
        assertThat(sum).isBetween(0.05, imageAlone ? 1.00001 : 0.99);
        if (imageAlone) {
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  /** By hand: what two layers of known weights draw from the image's one token. */
  @Test
  void layersThatMixAreMultiplied() {
    try (Scope scope = Scope.open()) {
      // Scores of 0 and ln 3 behind the scale of 1 make weights of 1/4 and 3/4.
      Tensor q = Tensors.ofFloats(new float[] {1, 1}, 1, 1, 2, 1);
      Tensor k = Tensors.ofFloats(new float[] {0, (float) Math.log(3)}, 1, 1, 2, 1);
      Looked looked = new Looked(q, k, k, k, true);
      PrefixAttention trace = new PrefixAttention(1);
      trace.layer(0, looked);
      assertThat(trace.shares()[0][0]).isCloseTo(0.125, within(1e-6));
      trace.layer(1, looked);
      // Half of [1/4, 3/4] and half of itself: [5/8, 3/8] and [1/8, 7/8], squared.
      assertThat(trace.shares()[0][0]).isCloseTo(0.125 * 0.625 + 0.875 * 0.125, within(1e-6));
    }
  }
}
