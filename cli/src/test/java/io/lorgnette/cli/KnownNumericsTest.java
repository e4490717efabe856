package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownNumericsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path folder;
  private int measured;

  private Dtype ask(String question, Dtype found, Instant now) {
    Numerics unmeasured = new Numerics(Device.CPU, Dtype.F32, 1, "a processor");
    Numerics chosen =
        new KnownNumerics(folder.resolve("cache/numerics.json"), now)
            .choose(
                question,
                unmeasured,
                () -> {
                  measured++;
                  return new Numerics(Device.CPU, found, 2, "a processor");
                });
    assertThat(chosen.threads()).isEqualTo(2);
    assertThat(chosen.kernels()).isEqualTo("a processor");
    return chosen.format();
  }

  @Test
  void measuresUntilTwoInARowAgree() {
    assertThat(ask("a", Dtype.F32, NOW)).isEqualTo(Dtype.F32);
    assertThat(ask("a", Dtype.BF16, NOW)).isEqualTo(Dtype.BF16);
    assertThat(ask("a", Dtype.BF16, NOW)).isEqualTo(Dtype.BF16);
    assertThat(measured).isEqualTo(3);
    assertThat(ask("a", Dtype.F32, NOW)).isEqualTo(Dtype.BF16);
    assertThat(measured).isEqualTo(3);
  }

  @Test
  void aChoiceIsForItsQuestionAndForSomeDays() {
    ask("a", Dtype.BF16, NOW);
    ask("a", Dtype.BF16, NOW);
    assertThat(ask("b", Dtype.F32, NOW)).isEqualTo(Dtype.F32);
    Instant later = NOW.plus(Duration.ofDays(6));
    assertThat(ask("a", Dtype.F32, later)).isEqualTo(Dtype.BF16);
    assertThat(ask("a", Dtype.F32, later.plus(Duration.ofDays(2)))).isEqualTo(Dtype.F32);
  }

  @Test
  void aBrokenFileIsWrittenAnew() throws Exception {
    Path file = folder.resolve("cache/numerics.json");
    Files.createDirectories(file.getParent());
    for (String broken :
        new String[] {"{", "[]", "{\"a\": 1}", "{\"a\": {\"measured\": \"" + NOW + "\"}}"}) {
      Files.writeString(file, broken);
      assertThat(ask("a", Dtype.BF16, NOW)).isEqualTo(Dtype.BF16);
      assertThat(file).content().contains("BF16");
    }
    assertThat(measured).isEqualTo(4);
  }
}
