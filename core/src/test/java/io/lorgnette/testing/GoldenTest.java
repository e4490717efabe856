package io.lorgnette.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GoldenTest {

  private final Golden golden = Golden.open("goldens/testing");

  @Test
  void readsEveryFloatFormat() {
    for (String name : new String[] {"f64", "f32", "f16", "bf16"}) {
      assertThat(golden.floats(name)).as(name).containsExactly(-1.5f, 0.25f, 96f, 0f);
      assertThat(golden.shape(name)).as(name).containsExactly(2, 2);
    }
    assertThat(golden.doubles("f64")[0]).isEqualTo(-1.5);
    assertThat(golden.dtype("bf16")).isEqualTo("BF16");
  }

  @Test
  void readsIntegersAndBooleans() {
    assertThat(golden.longs("i64")).containsExactly(-3, 1L << 40);
    assertThat(golden.longs("i32")).containsExactly(-3, 70000);
    assertThat(golden.longs("u8")).containsExactly(0, 200, 255);
    assertThat(golden.bytes("u8")).containsExactly(0, 200, 255);
    assertThat(golden.longs("bool")).containsExactly(1, 0);
    assertThat(golden.floats("i32")).containsExactly(-3f, 70000f);
  }

  @Test
  void readsAScalarAndJson() {
    assertThat(golden.shape("scalar")).isEmpty();
    assertThat(golden.floats("scalar")).containsExactly(7f);
    assertThat(golden.json().path("answer").asInt()).isEqualTo(42);
    assertThat(golden.names()).hasSize(9).contains("scalar");
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> golden.floats("absent")).hasMessageContaining("no tensor absent");
    assertThatThrownBy(() -> golden.longs("f32")).hasMessageContaining("F32");
    assertThatThrownBy(() -> Golden.open("goldens/nowhere")).hasMessageContaining("nowhere");
  }

  @Test
  void widensHalfFloats() {
    assertThat(Golden.halfToFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(Golden.halfToFloat((short) 0x8400)).isEqualTo(-0x1p-14f);
    assertThat(Golden.halfToFloat((short) 0x7BFF)).isEqualTo(65504f);
    assertThat(Golden.halfToFloat((short) 0xFC00)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Golden.halfToFloat((short) 0x7E00)).isNaN();
  }
}
