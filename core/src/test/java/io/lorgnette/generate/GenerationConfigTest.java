package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.generate.GenerationConfig.Sampling;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GenerationConfigTest {

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    GenerationConfig greedy = GenerationConfig.greedy(5);
    GenerationConfig beams = GenerationConfig.beams(3, 5);
    refused(() -> GenerationConfig.greedy(0), "maxNewTokens must be at least 1 but is 0");
    refused(
        () -> greedy.withLength(6, 5), "minNewTokens must be from 0 to maxNewTokens 5 but is 6");
    refused(() -> GenerationConfig.beams(0, 5), "beams must be at least 1 but is 0");
    refused(
        () -> beams.withNumReturn(4), "numReturn must be from 1 to the number of beams 3 but is 4");
    refused(
        () -> greedy.withNumReturn(2),
        "numReturn must be from 1 to the number of beams 1 but is 2");
    refused(() -> greedy.withRepetition(0, 0), "repetitionPenalty must be above 0 but is 0.0");
    refused(() -> greedy.withRepetition(1, -1), "noRepeatNgram must be at least 0 but is -1");
    refused(() -> greedy.withEos(-1), "eos must be made of ids from 0 on but is [-1]");
    refused(() -> greedy.withStop("a", ""), "stop must be without empty strings but is [a, ]");
    refused(
        () -> beams.withSampling(new Sampling(1, 0, 1, 0)),
        "beams must be 1 when sampling but is 3");
  }

  @Test
  void refusesSamplingOutOfRange() {
    refused(() -> new Sampling(0, 0, 1, 0), "temperature must be above 0 but is 0.0");
    refused(() -> new Sampling(Double.NaN, 0, 1, 0), "temperature must be above 0 but is NaN");
    refused(() -> new Sampling(1, -1, 1, 0), "topK must be at least 0 but is -1");
    refused(() -> new Sampling(1, 0, 0, 0), "topP must be above 0 and at most 1 but is 0.0");
    refused(() -> new Sampling(1, 0, 1.01, 0), "topP must be above 0 and at most 1 but is 1.01");
  }

  @Test
  void eachChangeKeepsTheRest() {
    Sampling sampling = new Sampling(0.7, 40, 0.9, 12);
    GenerationConfig.Forced forced =
        new GenerationConfig.Forced(java.util.OptionalInt.of(3), java.util.Set.of(2));
    GenerationConfig all =
        GenerationConfig.greedy(20)
            .withLength(2, 30)
            .withEos(7, 8)
            .withRanking(-0.5, GenerationConfig.EarlyStopping.NEVER)
            .withRepetition(1.3, 4)
            .withSampling(sampling)
            .withNumReturn(6)
            .withStop("Question:", "\n")
            .withForced(forced);
    assertThat(all)
        .isEqualTo(
            new GenerationConfig(
                30,
                2,
                java.util.Set.of(7, 8),
                1,
                -0.5,
                GenerationConfig.EarlyStopping.NEVER,
                6,
                1.3,
                4,
                sampling,
                java.util.List.of("Question:", "\n"),
                forced));
  }
}
