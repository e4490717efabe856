package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.nn.Rotary.Form;
import io.lorgnette.nn.Rotary.Llama3Scaling;
import io.lorgnette.nn.Rotary.Pairing;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotaryTest {

  @Test
  void stretchesFrequenciesAsLlama3() {
    Golden golden = Golden.open("goldens/llama3");
    Llama3Scaling scaling = new Llama3Scaling(8, 1, 4, 32);
    close(Rotary.frequencies(16, 10_000, null), golden.doubles("inv_freq.plain"));
    close(Rotary.frequencies(16, 10_000, scaling), golden.doubles("inv_freq.scaled"));
  }

  private static void close(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-6 * expected[i]));
    }
  }

  /** Position 3 of heads of width 6 (halves), or of their first 4 dimensions (neighbours). */
  @ParameterizedTest
  @CsvSource({"HALVES, 6", "NEIGHBOURS, 6", "NEIGHBOURS, 4"})
  void turnsPairs(Pairing pairing, int dimensions) {
    float[] x = {1, 2, 3, 4, 5, 6};
    double[] expected = {1, 2, 3, 4, 5, 6};
    for (int i = 0; i < dimensions / 2; i++) {
      int first = pairing == Pairing.HALVES ? i : 2 * i;
      int second = pairing == Pairing.HALVES ? i + dimensions / 2 : 2 * i + 1;
      double angle = 3 / Math.pow(100, 2.0 * i / dimensions);
      expected[first] = x[first] * Math.cos(angle) - x[second] * Math.sin(angle);
      expected[second] = x[second] * Math.cos(angle) + x[first] * Math.sin(angle);
    }
    try (Scope scope = Scope.open();
        Rotary rotary =
            Rotary.of(new Form(pairing, dimensions, 100, null), 6, 4, Dtype.F32, Device.CPU)) {
      Tensor heads = Tensors.ofFloats(x, 1, 1, 1, 6);
      Tensor position = Tensors.ofLongs(new long[] {3}, 1, 1);
      for (Tensor[] angles : new Tensor[][] {rotary.at(3, 1), rotary.at(position)}) {
        float[] turned = Tensors.toFloats(rotary.turn(heads, angles));
        for (int i = 0; i < 6; i++) {
          assertThat((double) turned[i]).isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"HALVES, 4, 8", "NEIGHBOURS, 3, 8", "NEIGHBOURS, 10, 8", "NEIGHBOURS, 0, 8"})
  void refusesDimensionsThatDoNotFit(Pairing pairing, int dimensions, int headWidth) {
    Form form = new Form(pairing, dimensions, 10_000, null);
    assertThatThrownBy(() -> form.check(headWidth)).isInstanceOf(IllegalArgumentException.class);
  }
}
