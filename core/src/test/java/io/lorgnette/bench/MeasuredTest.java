package io.lorgnette.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredTest {

  private static final MachineLimits LIMITS = new MachineLimits(2, 100e9, 200e9, 0, 10e9);

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  private static Measured measured(
      String format, double multiplyAdds, double bytes, Double... rates) {
    return new Measured(
        "write", "batch 1", "tokens", format, List.of(rates), multiplyAdds, bytes, 0.5);
  }

  @Test
  void everyRunIsTimedAfterTwoThatWarmUp() {
    AtomicInteger done = new AtomicInteger();
    Stage stage =
        new Stage(
            "wait",
            "a while",
            "waits",
            2,
            new Cost(10, 4),
            Dtype.F32,
            () -> {
              done.incrementAndGet();
              sleep();
            });
    Measured measured = Measured.of(stage, 3);
    // A run of at least 0.3 s holds several waits of 0.1 s.
    assertThat(done.get()).isGreaterThanOrEqualTo(2 + 3 * 2);
    assertThat(measured.rates()).hasSize(3).isSorted();
    // 2 units in at least 0.1 s.
    assertThat(measured.median()).isBetween(0.1, 20.0);
    assertThat(measured.multiplyAdds()).isEqualTo(5);
    assertThat(measured.bytes()).isEqualTo(2);
    assertThat(measured.format()).isEqualTo("f32");
    assertThat(measured.busy()).isBetween(0.0, 1.0);
  }

  private static void sleep() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theMiddleOfTheRatesIsTheMedian() {
    assertThat(measured("f32", 1, 1, 1.0, 2.0, 9.0).median()).isEqualTo(2);
    assertThat(measured("f32", 1, 1, 1.0, 2.0, 4.0, 9.0).median()).isEqualTo(3);
  }

  @Test
  void theShareIsThatOfWhatLimits() {
    BenchRecord record = new BenchRecord("v 1", "machine", "bf16", LIMITS, List.of());
    // 2 x 1e9 x 25 operations of 100e9 a second; 0.1e9 x 25 bytes of 10e9.
    assertThat(record.share(measured("f32", 1e9, 0.1e9, 25.0))).isCloseTo(0.5, within(1e-12));
    assertThat(record.shareOfFastest(measured("f32", 1e9, 0.05e9, 25.0)))
        .isCloseTo(0.25, within(1e-12));
    // 0.3e9 x 25 bytes
    assertThat(record.share(measured("bf16", 1e9, 0.3e9, 25.0))).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void aRecordIsReadAsItWasWritten() throws Exception {
    Measured one = measured("f32", 1e9, 0.1e9, 1.0, 2.0);
    BenchRecord record = new BenchRecord("v 1", "machine", "bf16", LIMITS, List.of(one));
    Path file = folder.resolve("bench.json");
    record.write(file);
    assertThat(BenchRecord.read(file)).isEqualTo(record);
    assertThat(BenchRecord.read(file).of(measured("bf16", 1, 1, 5.0))).contains(one);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).as("nothing temporary stays").containsExactly(file);
    }

    Files.writeString(file, "{\"program\": 1}");
    assertThatThrownBy(() -> BenchRecord.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bench.json is no record of measurements");
    assertThatThrownBy(() -> BenchRecord.read(folder.resolve("none.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.json can not be read");
  }

  /** By hand, for 2 layers of width 8 with a gated feed-forward of 16 and 5 words. */
  @Test
  void tokensCostTheirMatricesAndAttention() {
    DecoderConfig config = DecoderConfig.smallLlama(5, 8, 2, 2, 16, 32);
    try (LanguageModel lm = LanguageModel.random(config, 1, Device.CPU)) {
      DecoderCost cost = DecoderCost.of(lm);
      assertThat(cost.body()).isEqualTo(2 * (4 * 64 + 3 * 128));
      assertThat(cost.head()).isEqualTo(40);
      assertThat(cost.attention()).isEqualTo(2 * 2 * 8);
      assertThat(cost.cache()).isEqualTo(2 * 2 * 8);
      // 3 tokens see 1, 2 and 3.
      assertThat(cost.read(3, 1).multiplyAdds()).isEqualTo(3 * cost.body() + 6 * 32 + 40);
      assertThat(cost.write(2, 3, 1).bytes())
          .isEqualTo((cost.body() + 40 + 2 * 32 * 3.5) * lm.dtype().bytes());
    }
  }
}
