package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativePositionsTest {

  @ParameterizedTest
  @CsvSource({"true,32,128", "false,32,128", "true,8,20", "false,8,20"})
  void bucketsEqualTheReference(boolean both, int buckets, int most) {
    String name = "buckets." + (both ? "both" : "back") + "." + buckets + "." + most;
    long[] expected = Golden.open("goldens/generation").longs(name);
    try (Scope scope = Scope.open()) {
      Tensor distances = Tensors.range(601, Device.CPU).sub(new Scalar(300));
      assertThat(Tensors.toLongs(RelativePositions.buckets(distances, buckets, both, most)))
          .isEqualTo(expected);
    }
  }

  @Test
  void theLastQueriesSeeWhatTheySeeInOnePass() {
    try (Scope scope = Scope.open()) {
      float[] values = new float[16];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      Tensor table = Tensors.ofFloats(values, 8, 2);
      Tensor whole = RelativePositions.bias(table, 9, 9, false, 20); // [1, 2, 9, 9]
      Tensor last = RelativePositions.bias(table, 2, 9, false, 20);
      assertThat(Tensors.toFloats(last)).isEqualTo(Tensors.toFloats(whole.narrow(2, 7, 2)));
      // Bucket 0 for the token itself, 3 for the third before it, the second head's values odd.
      float[] row = Tensors.toFloats(whole.select(1, 1).select(1, 8));
      assertThat(row[8]).isEqualTo(1);
      assertThat(row[5]).isEqualTo(7);
    }
  }
}
