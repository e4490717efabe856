package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Engine;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stop strings and texts, with a random model over a real vocabulary. */
class StopTest {

  private static final Prompt PROMPT = Prompt.of(40, 41, 42);

  private static Tokenizer tokenizer;
  private static LanguageModel lm;
  private static Generator generator;

  @BeforeAll
  static void open() {
    Engine.threads(1);
    tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));
    DecoderConfig config = DecoderConfig.smallLlama(tokenizer.vocabularySize(), 16, 1, 2, 32, 64);
    lm = LanguageModel.random(config, 6, Device.CPU);
    generator = new Generator(lm, tokenizer);
  }

  @AfterAll
  static void close() {
    lm.close();
    tokenizer.close();
  }

  private static GenerationConfig sampling(long seed) {
    return GenerationConfig.sampling(new Sampling(1, 0, 1, seed), 24);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void endsWhenTheTextHoldsAStopString(long seed) {
    Generation free = generator.generate(PROMPT, sampling(seed));
    String text = free.text().orElseThrow();
    assertThat(text).isEqualTo(tokenizer.decode(free.ids(), true));
    assertThat(free.finish()).isEqualTo(Finish.LENGTH);
    // Three characters from the middle, wherever tokens begin and end.
    for (int at = 5; at + 3 < text.length() - 3; at += 7) {
      String stop = text.substring(at, at + 3);
      if (stop.indexOf('\uFFFD') >= 0) {
        continue;
      }
      int first = text.indexOf(stop);
      Generation stopped =
          generator.generate(PROMPT, sampling(seed).withStop("not in any text", stop));
      assertThat(stopped.finish()).isEqualTo(Finish.STOP);
      assertThat(stopped.text()).hasValue(text.substring(0, first));
      int n = stopped.ids().length;
      assertThat(stopped.ids()).isEqualTo(Arrays.copyOf(free.ids(), n));
      assertThat(tokenizer.decode(stopped.ids(), true)).contains(stop);
      String before = tokenizer.decode(Arrays.copyOf(free.ids(), n - 1), true);
      // Text in front of half a character is not certain before the other half.
      assertThat(before.contains(stop) && !before.endsWith("\uFFFD")).isFalse();
    }
  }

  @Test
  void eachRowStopsForItself() {
    List<Prompt> prompts = List.of(PROMPT, Prompt.of(7), Prompt.of(8, 9));
    List<Generation> free = generator.generate(prompts, sampling(9));
    String text = free.get(1).text().orElseThrow();
    String stop = text.substring(6, 10);
    List<Generation> stopped = generator.generate(prompts, sampling(9).withStop(stop));
    assertThat(stopped.get(1).finish()).isEqualTo(Finish.STOP);
    assertThat(stopped.get(1).text()).hasValue(text.substring(0, text.indexOf(stop)));
    for (int other : new int[] {0, 2}) {
      if (!free.get(other).text().orElseThrow().contains(stop)) {
        assertThat(stopped.get(other).ids()).isEqualTo(free.get(other).ids());
      }
    }
  }

  @Test
  void beamsStopToo() {
    // Short sequences rank first, so that one that stops is not displaced.
    GenerationConfig config =
        GenerationConfig.beams(3, 12).withRanking(-2, GenerationConfig.EarlyStopping.FALSE);
    Generation free = generator.generate(PROMPT, config);
    String text = free.text().orElseThrow();
    String stop = text.substring(text.length() / 2, text.length() / 2 + 2);
    GenerationConfig stopping = config.withStop(stop).withNumReturn(3);
    List<Generation> results = generator.generateAll(List.of(PROMPT), stopping).get(0);
    assertThat(results).hasSize(3).anyMatch(result -> result.finish() == Finish.STOP);
    for (Generation result : results) {
      assertThat(result.text().orElseThrow()).doesNotContain(stop);
      boolean holds = tokenizer.decode(result.ids(), true).contains(stop);
      assertThat(result.finish()).isEqualTo(holds ? Finish.STOP : Finish.LENGTH);
    }
  }

  @Test
  void withoutTokenizerThereIsNoText() {
    Generation result = new Generator(lm).generate(PROMPT, GenerationConfig.greedy(2));
    assertThat(result.text()).isEmpty();
  }
}
