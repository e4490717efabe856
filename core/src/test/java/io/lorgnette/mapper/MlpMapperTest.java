package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MlpMapperTest {

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 4096, 2, 20979712", // LLaVA-1.5 with Vicuna 7B
    "1024, 5120, 2, 31467520", // and 13B
    "768, 5120, 1, 3937280", // MiniGPT-4 with Vicuna 13B
    "768, 4096, 1, 3149824", // and 7B
    "5632, 4096, 1, 23072768" // its variant without a Q-Former
  })
  void hasThePublishedNumberOfParameters(int in, int out, int depth, long parameters) {
    MlpConfig config = new MlpConfig(in, out, 576, depth, Activation.GELU, true);
    assertThat(config.parameterCount()).isEqualTo(parameters);
  }

  @Test
  void mapsEachTokenByItself() {
    MlpConfig config = MlpConfig.llava(6, 10, 5);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        MlpMapper mapper = config.create(11, Device.CPU)) {
      Tensor features = torch.randn(2, 5, 6);
      Tensor all = mapper.map(features);
      assertThat(Tensors.shape(all)).containsExactly(2, 5, 10);
      float[] alone = Tensors.toFloats(mapper.map(features.narrow(0, 1, 1).narrow(1, 3, 1)));
      assertThat(Tensors.toFloats(all.select(0, 1).select(0, 3)))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(alone);
      assertThatThrownBy(() -> mapper.map(torch.randn(2, 5, 7))).hasMessageContaining("[2, 5, 7]");
    }
  }

  @Test
  void aProjectorsOwnFileIsReadUnderLlavasNames(@TempDir Path folder) {
    for (int depth = 1; depth <= 3; depth++) {
      MlpConfig config = new MlpConfig(6, 10, 5, depth, Activation.GELU, true);
      Path file = folder.resolve("mm_projector" + depth + ".safetensors");
      try (Scope scope = Scope.open();
          MlpMapper mapper = config.create(depth, Device.CPU)) {
        Map<String, Tensor> stored = config.llavaKeys().write(mapper.parameters().asMap());
        assertThat(stored.keySet())
            .contains(depth == 1 ? "model.mm_projector.weight" : "model.mm_projector.2.bias");
        Safetensors.write(file, stored, Map.of());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
          Map<String, Tensor> read = config.llavaKeys().read(checkpoint, Dtype.F32, Device.CPU);
          assertThat(read.keySet()).isEqualTo(mapper.parameters().names());
          read.forEach(
              (name, tensor) -> {
                assertThat(Tensors.toFloats(tensor))
                    .isEqualTo(Tensors.toFloats(mapper.parameters().get(name)));
                tensor.close();
              });
        }
      }
    }
  }
}
