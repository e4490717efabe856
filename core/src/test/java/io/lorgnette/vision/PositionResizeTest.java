package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PositionResizeTest {

  private static final Golden GOLDEN = Golden.open("goldens/clip-positions");

  private static Tensor table() {
    return Tensors.ofFloats(GOLDEN.floats("table"), 25, 3);
  }

  @ParameterizedTest
  @EnumSource(PositionResize.class)
  void everyWayEqualsTorch(PositionResize way) {
    try (Scope scope = Scope.open()) {
      for (int[] size : new int[][] {{7, 9}, {3, 2}, {1, 12}}) {
        Tensor resized = way.resize(table(), 5, 5, size[0], size[1]);
        String name = way.key() + "." + size[0] + "x" + size[1];
        Encoders.assertEqual(resized, GOLDEN, name, 2e-6);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PositionResize.class)
  void theSameSizeIsTheSameTable(PositionResize way) {
    try (Scope scope = Scope.open()) {
      Tensor table = table();
      assertThat(way.resize(table, 5, 5, 5, 5)).isSameAs(table);
      assertThat(PositionResize.named(way.key())).isEqualTo(way);
    }
  }

  @Test
  void theFormatStays() {
    try (Scope scope = Scope.open()) {
      Tensor half = Tensors.to(table(), Dtype.BF16);
      Tensor resized = PositionResize.BICUBIC.resize(half, 5, 5, 3, 2);
      assertThat(Tensors.dtype(resized)).isEqualTo(Dtype.BF16);
      assertThat(PositionResize.named("nearest")).isNull();
    }
  }
}
