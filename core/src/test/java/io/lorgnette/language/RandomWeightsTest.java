package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomWeightsTest {

  private static float[] drawn(long seed) {
    try (LanguageModel model =
        LanguageModel.random(DecoderConfig.smallLlama(97, 32, 2, 2, 64, 16), seed, Device.CPU)) {
      return Tensors.toFloats(model.parameters().get("embed.weight"));
    }
  }

  @Test
  void theSeedAloneDecidesWhateverIsDrawnBeside() {
    float[] alone = drawn(7);
    List<float[]> beside = IntStream.range(0, 16).parallel().mapToObj(i -> drawn(7)).toList();
    assertThat(beside).allSatisfy(weights -> assertThat(weights).isEqualTo(alone));
    assertThat(drawn(8)).isNotEqualTo(alone);
  }
}
