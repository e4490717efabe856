package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaplConfigTest {

  /** Published and computed counts (Mañas et al. 2023: 3.4 million with CLIP-L and GPT-J). */
  @ParameterizedTest
  @CsvSource({
    "1024, 4096, 3431680",
    "1024, 2560, 3036928",
    "1024, 768, 2576384",
    "768, 768, 2510848"
  })
  void countsParametersWithoutWeights(int in, int out, long count) {
    assertThat(MaplConfig.between(in, out).parameterCount()).isEqualTo(count);
  }

  @Test
  void readsItsSizesFromReleasedTensors() {
    try (Checkpoint checkpoint = open("mapl")) {
      assertThat(MaplConfig.of(checkpoint, 8))
          .isEqualTo(new MaplConfig(20, 32, 24, 6, 4, 8, 64, 0.1, true));
    }
    try (Checkpoint checkpoint = open("mapl-nobias")) {
      assertThat(MaplConfig.of(checkpoint, 4))
          .isEqualTo(new MaplConfig(20, 16, 24, 5, 2, 4, 32, 0.1, false));
    }
  }

  @Test
  void refusesAnotherMappersWeights() {
    try (Checkpoint checkpoint = open("mapl")) {
      assertThatThrownBy(() -> MaplConfig.between(20, 24).read(checkpoint, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("const [6, 32] instead of [32, 256]");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 256, 32, 8, 0.1, inputWidth", "20, 250, 32, 8, 0.1, heads",
    "20, 256, 0, 8, 0.1, prefixLength", "20, 256, 32, 8, 1.0, dropout",
    "20, 256, 32, 8, NaN, dropout"
  })
  void refusesImpossibleSizes(
      int in, int width, int prefix, int heads, double dropout, String named) {
    assertThatThrownBy(() -> new MaplConfig(in, width, 24, prefix, 4, heads, 512, dropout, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  private static Checkpoint open(String name) {
    return Checkpoint.open(Golden.resource("goldens/mappers/" + name + ".weights.safetensors"));
  }
}
