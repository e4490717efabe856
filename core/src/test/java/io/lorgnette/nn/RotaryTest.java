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

  /** Angles are the same bit by bit however far the tables reached when they were asked for. */
  @Test
  void tablesGrowWithThePositionsAskedFor() {
    Form form = Form.halves(8, 10_000, new Llama3Scaling(8, 1, 4, 32));
    try (Scope scope = Scope.open();
        Rotary whole = Rotary.of(form, 8, 20_000, Dtype.F32, Device.CPU);
        Rotary step = Rotary.of(form, 8, 20_000, Dtype.F32, Device.CPU)) {
      Tensor[] early = step.at(4000, 50);
      assertThat(step.computed()).isEqualTo(4096);
      float[] last = Tensors.toFloats(whole.at(19_999, 1)[1]);
      assertThat(whole.computed()).isEqualTo(20_000);
      step.at(4090, 10);
      assertThat(step.computed()).isEqualTo(8192);
      Tensor positions = Tensors.ofLongs(new long[] {3, 9000}, 1, 2);
      for (int table = 0; table < 2; table++) {
        assertThat(Tensors.toFloats(step.at(positions)[table]))
            .isEqualTo(Tensors.toFloats(whole.at(positions)[table]));
        assertThat(Tensors.toFloats(early[table]))
            .isEqualTo(Tensors.toFloats(whole.at(4000, 50)[table]));
      }
      assertThat(step.computed()).isEqualTo(16_384);
      assertThat(Tensors.toFloats(step.at(19_999, 1)[1])).isEqualTo(last);
      assertThat(step.computed()).isEqualTo(20_000);
      assertThatThrownBy(() -> step.at(19_999, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("positions up to 20001 exceed the model's 20000");
    }
  }

  @ParameterizedTest
  @CsvSource({"HALVES, 4, 8", "NEIGHBOURS, 3, 8", "NEIGHBOURS, 10, 8", "NEIGHBOURS, 0, 8"})
  void refusesDimensionsThatDoNotFit(Pairing pairing, int dimensions, int headWidth) {
    Form form = new Form(pairing, dimensions, 10_000, null);
    assertThatThrownBy(() -> form.check(headWidth)).isInstanceOf(IllegalArgumentException.class);
  }
}
