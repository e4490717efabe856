package io.lorgnette.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;

class EngineThreadsTest {

  /** Set apart, one thread of libtorch was seen to multiply matrices with two of OpenBLAS. */
  @Test
  void bothPoolsFollow() {
    int before = Engine.threads();
    try {
      for (int threads : new int[] {2, 1}) {
        Engine.threads(threads);
        assertThat(Engine.threads()).isEqualTo(threads);
        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(threads);
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
