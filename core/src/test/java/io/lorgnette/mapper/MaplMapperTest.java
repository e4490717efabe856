package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Initial weights, dropout, memory. */
class MaplMapperTest {

  private static final MaplConfig SMALL = new MaplConfig(40, 64, 48, 8, 3, 4, 128, 0.1, true);

  @Test
  void startsAsThePublishedCodeDoes() {
    try (Mapper mapper = MaplConfig.between(64, 96).create(7, Device.CPU)) {
      Parameters p = mapper.parameters();
      uniformWithin(p, "down.weight", 1 / Math.sqrt(64));
      uniformWithin(p, "down.bias", 1 / Math.sqrt(64));
      uniformWithin(p, "up.weight", 1 / Math.sqrt(256));
      uniformWithin(p, "up.bias", 1 / Math.sqrt(256));
      uniformWithin(p, "layers.0.attention.qkv.weight", Math.sqrt(6.0 / (4 * 256)));
      uniformWithin(p, "layers.0.attention.out.weight", 1 / Math.sqrt(256));
      uniformWithin(p, "layers.0.mlp.up.weight", 1 / Math.sqrt(256));
      uniformWithin(p, "layers.0.mlp.up.bias", 1 / Math.sqrt(256));
      uniformWithin(p, "layers.0.mlp.down.weight", 1 / Math.sqrt(512));
      uniformWithin(p, "layers.0.mlp.down.bias", 1 / Math.sqrt(512));
      assertThat(floats(p, "layers.0.attention.qkv.bias")).containsOnly(0f);
      assertThat(floats(p, "layers.0.attention.out.bias")).containsOnly(0f);
      assertThat(floats(p, "layers.0.norm1.weight")).containsOnly(1f);
      assertThat(floats(p, "layers.0.norm2.bias")).containsOnly(0f);
      float[] constants = floats(p, "constants");
      assertThat(mean(constants)).isBetween(-0.03, 0.03);
      assertThat(deviation(constants)).isBetween(0.97, 1.03);
    }
  }

  @Test
  void startsWithEqualLayersThatAreTrainedApart() {
    try (Mapper mapper = SMALL.create(7, Device.CPU)) {
      Parameters p = mapper.parameters();
      for (String name : p.at("layers", 0).names()) {
        String other = name.replace("layers.0.", "layers.2.");
        assertThat(floats(p, other)).as(other).isEqualTo(floats(p, name));
        assertThat(p.get(other).data_ptr()).isNotEqualTo(p.get(name).data_ptr());
      }
    }
  }

  @Test
  void drawsTheSameWeightsOnEveryMachine() {
    // The published first numbers of SplitMix64 with seed 0.
    Draws draws = new Draws(0);
    assertThat(draws.nextLong()).isEqualTo(0xE220A8397B1DCDAFL);
    assertThat(draws.nextLong()).isEqualTo(0x6E789E6AA1B965F4L);
    try (Mapper one = SMALL.create(3, Device.CPU);
        Mapper same = SMALL.create(3, Device.CPU);
        Mapper other = SMALL.create(4, Device.CPU)) {
      assertThat(floats(one.parameters(), "down.weight"))
          .isEqualTo(floats(same.parameters(), "down.weight"))
          .isNotEqualTo(floats(other.parameters(), "down.weight"));
      // The first draw: 2 * (nextLong >>> 11) / 2^53 - 1, times the bound.
      double first = 2 * ((new Draws(3).nextLong() >>> 11) * 0x1p-53) - 1;
      assertThat(floats(one.parameters(), "down.weight")[0])
          .isEqualTo((float) (first / Math.sqrt(40)));
    }
  }

  @Test
  void dropsOnlyInTrainingAndBySeed() {
    try (Scope scope = Scope.open();
        Mapper mapper = SMALL.create(1, Device.CPU)) {
      Tensor features = features(2, 5, 40);
      float[] still = Tensors.toFloats(mapper.map(features));
      assertThat(Tensors.toFloats(mapper.map(features))).isEqualTo(still);
      Dropout dropout = Dropout.seeded(11);
      float[] first = Tensors.toFloats(mapper.map(features, dropout));
      float[] second = Tensors.toFloats(mapper.map(features, dropout));
      float[] again = Tensors.toFloats(mapper.map(features, Dropout.seeded(11)));
      assertThat(first).isEqualTo(again).isNotEqualTo(second).isNotEqualTo(still);
    }
  }

  @Test
  void takesFeaturesInHalfPrecision() {
    try (Scope scope = Scope.open();
        Mapper mapper = SMALL.create(1, Device.CPU)) {
      Tensor half = Tensors.to(features(2, 5, 40), Dtype.F16);
      Tensor prefix = mapper.map(half);
      assertThat(Tensors.dtype(prefix)).isEqualTo(Dtype.F32);
      assertThat(Tensors.shape(prefix)).containsExactly(2, 8, 48);
      assertThat(Tensors.toFloats(prefix))
          .isEqualTo(Tensors.toFloats(mapper.map(Tensors.to(half, Dtype.F32))));
    }
  }

  @Test
  void refusesFeaturesOfAnotherWidth() {
    try (Scope scope = Scope.open();
        Mapper mapper = SMALL.create(1, Device.CPU)) {
      assertThatThrownBy(() -> mapper.map(features(2, 5, 39)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[images, tokens, 40] but got [2, 5, 39]");
    }
  }

  private static Tensor features(int b, int n, int d) {
    return Tensors.ofFloats(new Draws(5).normal(b * n * d), b, n, d);
  }

  private static float[] floats(Parameters p, String name) {
    return Tensors.toFloats(p.get(name));
  }

  /** Fills the whole interval and has the deviation of a uniform one, bound / sqrt 3. */
  private static void uniformWithin(Parameters p, String name, double bound) {
    float[] values = floats(p, name);
    double largest =
        IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElse(0);
    assertThat(largest).as(name).isLessThanOrEqualTo(bound * (1 + 1e-6)).isGreaterThan(0.9 * bound);
    double slack = 5 / Math.sqrt(values.length);
    assertThat(deviation(values) * Math.sqrt(3) / bound).as(name).isBetween(1 - slack, 1 + slack);
  }

  private static double mean(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElseThrow();
  }

  private static double deviation(float[] values) {
    double mean = mean(values);
    return Math.sqrt(
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElseThrow());
  }
}
