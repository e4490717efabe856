package io.lorgnette.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {

  /** Two of OpenBLAS beside two of libtorch were seen to hold each other up. */
  @Test
  void openBlasLeavesTheProcessorsToLibtorch() {
    int before = Engine.threads();
    try {
      for (int threads : new int[] {2, 1}) {
        Engine.threads(threads);
        assertThat(Engine.threads()).isEqualTo(threads);
        assertThat(openblas_nolapack.blas_get_num_threads())
            .isEqualTo(OneDnn.get() == null ? threads : 1);
      }
    } finally {
      Engine.threads(before);
    }
  }

  @Test
  void thereIsAtLeastOne() {
    assertThatThrownBy(() -> Engine.threads(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
