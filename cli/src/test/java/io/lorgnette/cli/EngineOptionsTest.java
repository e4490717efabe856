package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineOptionsTest {

  @Test
  void theEnvironmentMayChooseThreads() {
    assertThat(EngineOptions.threads(Map.of())).isZero();
    assertThat(EngineOptions.threads(Map.of("OMP_NUM_THREADS", "3"))).isEqualTo(3);
    assertThat(EngineOptions.threads(Map.of("OMP_NUM_THREADS", " 4,2"))).isEqualTo(4);
    assertThat(EngineOptions.threads(Map.of("OMP_NUM_THREADS", "", "OPENBLAS_NUM_THREADS", "2")))
        .isEqualTo(2);
    assertThat(EngineOptions.threads(Map.of("OMP_NUM_THREADS", "many"))).isZero();
    assertThat(EngineOptions.threads(Map.of("OMP_NUM_THREADS", "0"))).isZero();
  }
}
