package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig.Forced;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {

  private static final int[] SOME_END_TOKENS = IntStream.range(0, 12).map(i -> 8 * i).toArray();

  private Scope scope;

  @BeforeEach
  void openScope() {
    Engine.threads(1);
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private static TextModel model(String family) {
    return TextModel.load(
        Golden.resource("goldens/" + family + "/checkpoint"), Dtype.F32, Device.CPU);
  }

  /** Prompts of 1 to 12 tokens, some with a prefix of embeddings before or between the ids. */
  private static List<Prompt> prompts(TextModel lm, int count) {
    SplittableRandom random = new SplittableRandom(5);
    Engine.seed(5);
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = 1 + (i * 5) % 12;
      Prompt prompt = Prompt.of(random.ints(length, 0, lm.vocabulary()).toArray());
      if (i % 3 == 1) {
        Tensor prefix = torch.randn(2, lm.width()).mul(new Scalar(0.3));
        prompt = i % 2 == 0 ? Prompt.of(prefix).then(4, 5) : prompt.then(prefix).then(6);
      }
      prompts.add(prompt);
    }
    return prompts;
  }

  private static void aloneAsInTheBatch(String family, GenerationConfig config) {
    try (TextModel lm = model(family)) {
      Generator generator = new Generator(lm);
      List<Prompt> prompts = prompts(lm, 9);
      List<List<Generation>> together = generator.generateAll(prompts, config);
      Set<Integer> lengths = new HashSet<>();
      for (int i = 0; i < prompts.size(); i++) {
        List<Generation> alone = generator.generateAll(List.of(prompts.get(i)), config).get(0);
        assertThat(together.get(i)).hasSameSizeAs(alone);
        for (int answer = 0; answer < alone.size(); answer++) {
          Generation expected = alone.get(answer);
          Generation found = together.get(i).get(answer);
          assertThat(found.ids()).isEqualTo(expected.ids());
          assertThat(found.finish()).isEqualTo(expected.finish());
          assertThat(found.score()).isCloseTo(expected.score(), within(1e-4));
          assertThat(found.logProbabilities())
              .containsExactly(expected.logProbabilities(), within(1e-4f));
          lengths.add(found.ids().length);
        }
      }
      // Rows that end at different steps leave the batch one after the other.
      assertThat(lengths).hasSizeGreaterThan(1);
    }
  }

  @ParameterizedTest
  // Learned and rotary positions, a window, encoders with relative and learned positions.
  @ValueSource(strings = {"gpt2", "llama", "mistral", "t5", "bart"})
  void samplesTheSameAloneAndInABatchOfUnequalLengths(String family) {
    Sampling sampling = new Sampling(1.5, 60, 0.95, 3);
    aloneAsInTheBatch(family, GenerationConfig.sampling(sampling, 16).withEos(SOME_END_TOKENS));
    aloneAsInTheBatch(
        family, GenerationConfig.sampling(sampling, 16).withEos(SOME_END_TOKENS).withNumReturn(3));
  }

  @ParameterizedTest
  // Learned and rotary positions, a window, encoders with relative and learned positions.
  @ValueSource(strings = {"gpt2", "llama", "mistral", "t5", "bart"})
  void decodesTheSameAloneAndInABatchOfUnequalLengths(String family) {
    int[] end = IntStream.range(0, 97).filter(id -> id % 3 == 0).toArray();
    aloneAsInTheBatch(family, GenerationConfig.greedy(16).withEos(end).withRepetition(1.5, 2));
    aloneAsInTheBatch(
        family, GenerationConfig.beams(4, 16).withEos(end).withRepetition(1.5, 2).withNumReturn(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral", "flan-t5", "bart"})
  void aStepWithTheCacheEqualsTheWholeSequence(String family) {
    // The log-probabilities of a generation are those of one pass over prompt and answer.
    try (TextModel lm = model(family)) {
      List<Prompt> prompts = prompts(lm, 6);
      GenerationConfig config =
          GenerationConfig.sampling(new Sampling(1, 0, 1, 9), 14).withEos(SOME_END_TOKENS);
      List<Generation> results = new Generator(lm).generate(prompts, config);
      List<Scorer.Score> scores =
          new Scorer(lm).score(prompts, results.stream().map(Generation::ids).toList());
      for (int i = 0; i < results.size(); i++) {
        assertThat(scores.get(i).logProbabilities())
            .containsExactly(results.get(i).logProbabilities(), within(1e-4f));
        assertThat(results.get(i).logProbability()).isCloseTo(scores.get(i).sum(), within(1e-3));
      }
    }
  }

  @Test
  void oneBeamOfManyIsNeverWorseThanGreedy() {
    try (TextModel lm = model("llama")) {
      Generator generator = new Generator(lm);
      for (Prompt prompt : prompts(lm, 6)) {
        Generation greedy = generator.generate(prompt, GenerationConfig.greedy(10));
        List<Generation> beams =
            generator
                .generateAll(List.of(prompt), GenerationConfig.beams(8, 10).withNumReturn(8))
                .get(0);
        assertThat(beams.get(0).score()).isGreaterThan(greedy.score() - 1e-6);
        for (int i = 1; i < beams.size(); i++) {
          assertThat(beams.get(i).score()).isLessThanOrEqualTo(beams.get(i - 1).score());
        }
        assertThat(beams.stream().map(b -> Arrays.toString(b.ids()))).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void theSeedDecidesWhatIsDrawn() {
    try (TextModel lm = model("llama")) {
      Generator generator = new Generator(lm);
      Prompt prompt = Prompt.of(5, 6, 7);
      Set<String> answers = new TreeSet<>();
      for (long seed = 0; seed < 5; seed++) {
        GenerationConfig config = GenerationConfig.sampling(new Sampling(1, 0, 1, seed), 8);
        int[] ids = generator.generate(prompt, config).ids();
        assertThat(generator.generate(prompt, config).ids()).isEqualTo(ids);
        answers.add(Arrays.toString(ids));
      }
      GenerationConfig several =
          GenerationConfig.sampling(new Sampling(1, 0, 1, 0), 8).withNumReturn(5);
      generator
          .generateAll(List.of(prompt), several)
          .get(0)
          .forEach(answer -> answers.add(Arrays.toString(answer.ids())));
      assertThat(answers).hasSizeGreaterThanOrEqualTo(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "bart"})
  void servesSeveralThreads(String family) throws Exception {
    try (TextModel lm = model(family)) {
      Generator generator = new Generator(lm);
      List<Prompt> prompts = IntStream.range(0, 8).mapToObj(i -> Prompt.of(3 + i, 50 + i)).toList();
      GenerationConfig config = GenerationConfig.beams(3, 8);
      List<int[]> expected =
          prompts.stream().map(prompt -> generator.generate(prompt, config).ids()).toList();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<int[]>> found = new ArrayList<>();
        for (Prompt prompt : prompts) {
          found.add(threads.submit(() -> generator.generate(prompt, config).ids()));
        }
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i).get()).isEqualTo(expected.get(i));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void tellsTokensAsTheyCome() {
    try (TextModel lm = model("llama")) {
      Generator generator = new Generator(lm);
      List<Prompt> prompts = prompts(lm, 4);
      for (GenerationConfig config :
          List.of(
              GenerationConfig.sampling(new Sampling(1, 0, 1, 4), 9)
                  .withEos(SOME_END_TOKENS)
                  .withNumReturn(2),
              GenerationConfig.beams(3, 9).withNumReturn(2))) {
        List<List<Integer>> heard = new ArrayList<>();
        IntStream.range(0, 8).forEach(i -> heard.add(new ArrayList<>()));
        List<List<Generation>> results =
            generator.generateAll(prompts, config, (row, id) -> heard.get(row).add(id));
        for (int row = 0; row < 8; row++) {
          boolean told = config.beams() == 1 || row % 2 == 0;
          assertThat(heard.get(row))
              .isEqualTo(told ? ScriptedScores.ids(results.get(row / 2).get(row % 2)) : List.of());
        }
      }
    }
  }

  @Test
  void endsAtTheModelsLastPosition() {
    try (TextModel lm = model("gpt2")) { // 64 positions
      Generator generator = new Generator(lm);
      Prompt prompt = Prompt.of(new int[60]);
      Generation longest = generator.generate(prompt, GenerationConfig.greedy(5));
      assertThat(longest.ids()).hasSize(5);
      assertThat(longest.finish()).isEqualTo(Finish.LENGTH);
      assertThatThrownBy(() -> generator.generate(prompt, GenerationConfig.greedy(6)))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "a prompt of 60 tokens and 6 more exceed the language model's 64 positions;"
                  + " shorten the prompt or allow fewer new tokens");
    }
  }

  @Test
  void anEncoderAndItsDecoderHaveTheirOwnPositions() {
    try (TextModel lm = model("bart")) { // 32 positions each
      Generator generator = new Generator(lm);
      Prompt prompt = Prompt.of(new int[32]);
      assertThat(generator.generate(prompt, GenerationConfig.greedy(32)).ids()).hasSize(32);
      assertThatThrownBy(() -> generator.generate(prompt, GenerationConfig.greedy(33)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("32 positions of the language model's encoder or decoder");
      assertThatThrownBy(() -> generator.generate(prompt.then(4), GenerationConfig.greedy(3)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("a prompt of 33 tokens");
      assertThatThrownBy(() -> new Scorer(lm).score(prompt.then(4), 3))
          .isInstanceOf(InputException.class);
    }
    try (TextModel lm = model("t5")) { // none that would end
      Prompt prompt = Prompt.of(new int[300]);
      assertThat(new Generator(lm).generate(prompt, GenerationConfig.greedy(150)).ids())
          .hasSize(150);
    }
  }

  @Test
  void anEncoderDecoderHasSaidOnlyItsStartToken() {
    try (TextModel lm = model("bart")) {
      int start = ((EncoderDecoder) lm).config().start();
      Generator generator = new Generator(lm);
      // What is only read may be said; the start token counts as said.
      GenerationConfig once = GenerationConfig.greedy(30).withRepetition(1, 1);
      int[] plain = generator.generate(Prompt.of(5, 6, 7), once).ids();
      assertThat(plain).doesNotContain(start).doesNotHaveDuplicates();
      assertThat(generator.generate(Prompt.of(plain), once).ids()).containsAnyOf(plain);
    }
  }

  @Test
  void refusesWhatDoesNotFitTheModel() {
    try (TextModel lm = model("llama")) { // 211 words, width 48
      Generator generator = new Generator(lm);
      GenerationConfig greedy = GenerationConfig.greedy(3);
      assertThat(generator.generate(List.of(), greedy)).isEmpty();
      assertThatThrownBy(() -> generator.generate(Prompt.of(new int[0]), greedy))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("empty");
      assertThatThrownBy(() -> generator.generate(Prompt.of(3, 211), greedy))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id 211 in the prompt is outside");
      assertThatThrownBy(() -> generator.generate(Prompt.of(3), greedy.withEos(400)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id 400 in eos is outside");
      assertThatThrownBy(() -> generator.generate(Prompt.of(torch.randn(2, 40)), greedy))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[2, 40] does not fit a language model of width 48");
      assertThatThrownBy(() -> Prompt.of(torch.randn(1, 2, 48)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[P, D]");
      Forced forced = new Forced(OptionalInt.of(500), Set.of());
      assertThatThrownBy(() -> generator.generate(Prompt.of(3), greedy.withForced(forced)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token id 500 in forced bos is outside");
      assertThatThrownBy(() -> generator.generate(Prompt.of(3), greedy.withStop(".")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("tokenizer");
      Tensor damaged = torch.randn(2, 48).fill_(new Scalar(Float.NaN));
      assertThatThrownBy(() -> generator.generate(Prompt.of(damaged), greedy))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("not finite");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "flan-t5"})
  void runsInSixteenBits(String family) {
    Path checkpoint = Golden.resource("goldens/" + family + "/checkpoint");
    try (TextModel lm = TextModel.load(checkpoint, Dtype.BF16, Device.CPU)) {
      List<Prompt> prompts = prompts(lm, 5);
      for (GenerationConfig config :
          List.of(GenerationConfig.greedy(6), GenerationConfig.beams(3, 6))) {
        for (Generation result : new Generator(lm).generate(prompts, config)) {
          assertThat(result.ids()).hasSize(6);
          assertThat(result.score()).isNegative();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mistral", "t5", "bart"})
  void freesNativeMemoryAlsoWhenItFails(String family) {
    try (TextModel lm = model(family)) {
      Generator generator = new Generator(lm);
      List<Prompt> prompts = prompts(lm, 5);
      Tensor damaged = torch.randn(2, lm.width()).fill_(new Scalar(Float.NaN));
      GenerationConfig greedy = GenerationConfig.greedy(9).withEos(SOME_END_TOKENS);
      GenerationConfig beams = GenerationConfig.beams(3, 9).withEos(SOME_END_TOKENS);
      Runnable round =
          () -> {
            generator.generate(prompts, greedy);
            generator.generate(prompts, beams);
            new Scorer(lm).score(prompts.get(0), 3, 4);
            for (GenerationConfig config : List.of(greedy, beams)) {
              assertThatThrownBy(
                      () ->
                          generator.generateAll(
                              prompts,
                              config,
                              (row, id) -> {
                                throw new IllegalStateException("enough");
                              }))
                  .hasMessage("enough");
              assertThatThrownBy(() -> generator.generate(Prompt.of(damaged).then(3), config))
                  .hasMessageContaining("not finite");
            }
          };
      round.run();
      long before = Tensors.liveNativeObjects();
      for (int i = 0; i < 10; i++) {
        round.run();
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void drawsWithASeedForEachPrompt() {
    TextModel lm = model("llama");
    Prompt prompt = Prompt.of(3, 5, 8);
    GenerationConfig config =
        GenerationConfig.sampling(new Sampling(1, 0, 1, 11), 8).withNumReturn(2);
    Generator generator = new Generator(lm);
    long[] seeds = {11, 12, 11};
    List<List<Generation>> drawn =
        generator.sampleAll(List.of(prompt, prompt, prompt), config, seeds);
    List<Generation> alone = generator.generateAll(List.of(prompt), config).get(0);
    for (int i = 0; i < 2; i++) {
      assertThat(drawn.get(0).get(i).ids()).isEqualTo(alone.get(i).ids());
      assertThat(drawn.get(2).get(i).ids()).isEqualTo(alone.get(i).ids());
      assertThat(drawn.get(1).get(i).ids()).isNotEqualTo(alone.get(i).ids());
    }
    assertThatThrownBy(() -> generator.sampleAll(List.of(prompt), config, seeds))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 seeds for 1 prompts");
    lm.close();
  }
}
