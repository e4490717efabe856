package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.generate.OpenBatch.Asked;
import io.lorgnette.generate.OpenBatch.Token;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenBatchTest {

  private static final int TOKENS = 14;

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

  private static LanguageModel model(String family) {
    return LanguageModel.load(
        Golden.resource("goldens/" + family + "/checkpoint"), Dtype.F32, Device.CPU);
  }

  /** What a listener has heard. */
  private static final class Heard implements OpenBatch.Listener {
    int tokens = -1;
    int known = -1;
    final TreeMap<Integer, List<Token>> told = new TreeMap<>();
    final TreeMap<Integer, Generation> ended = new TreeMap<>();

    @Override
    public void begun(int promptTokens, int knownTokens) {
      tokens = promptTokens;
      known = knownTokens;
    }

    @Override
    public void token(int answer, Token token) {
      told.computeIfAbsent(answer, a -> new ArrayList<>()).add(token);
    }

    @Override
    public void ended(int answer, Generation generation) {
      ended.put(answer, generation);
    }

    int[] ids(int answer) {
      return told.get(answer).stream().mapToInt(Token::id).toArray();
    }
  }

  private static List<Prompt> prompts(LanguageModel lm) {
    SplittableRandom random = new SplittableRandom(7);
    Engine.seed(7);
    List<Prompt> prompts = new ArrayList<>();
    for (int length : new int[] {3, 11, 1, 7, 17}) {
      Tensor prefix = torch.randn(4, lm.width()).mul(new Scalar(0.3));
      prompts.add(Prompt.of(prefix).then(random.ints(length, 0, lm.vocabulary()).toArray()));
    }
    return prompts;
  }

  /** Several end early, so that rows leave while others join. */
  private static GenerationConfig config(LanguageModel lm, int i) {
    GenerationConfig greedy = GenerationConfig.greedy(TOKENS - i);
    return i % 2 == 0 ? greedy : greedy.withEos(lm.vocabulary() / 3, lm.vocabulary() / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama", "gpt-neo", "mistral", "gpt-j", "opt"})
  void joiningBetweenStepsGivesWhatIsSaidAlone(String family) {
    try (LanguageModel lm = model(family);
        OpenBatch batch = new OpenBatch(lm, null, 1 << 20)) {
      List<Prompt> prompts = prompts(lm);
      List<Heard> heard = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        heard.add(new Heard());
        batch.join(List.of(new Asked(prompts.get(i), config(lm, i), 1, 0, heard.get(i))));
        for (int step = 0; step <= i; step++) {
          batch.step();
        }
      }
      finish(batch);
      Generator alone = new Generator(lm);
      for (int i = 0; i < prompts.size(); i++) {
        Generation expected = alone.generate(prompts.get(i), config(lm, i));
        Generation got = heard.get(i).ended.get(0);
        assertThat(got.ids()).as("prompt %d", i).isEqualTo(expected.ids());
        assertThat(got.finish()).isEqualTo(expected.finish());
        assertThat(got.score()).isCloseTo(expected.score(), within(1e-4));
        assertThat(heard.get(i).ids(0)).isEqualTo(expected.ids());
      }
    }
  }

  /** Rows are given to others, move, and are left by some who do not wait for the end. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama"})
  void comingAndGoingChangesNoAnswer(String family) {
    SplittableRandom random = new SplittableRandom(11);
    try (LanguageModel lm = model(family);
        OpenBatch batch = new OpenBatch(lm, null, 1 << 20)) {
      List<Prompt> prompts = prompts(lm);
      List<Asked> all = new ArrayList<>();
      List<Asked> left = new ArrayList<>();
      for (int round = 0; round < 25; round++) {
        List<Asked> newcomers = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
          // The first ones are asked again and again, and so are known.
          Prompt prompt = prompts.get(random.nextInt(prompts.size()));
          GenerationConfig config = GenerationConfig.greedy(1 + random.nextInt(TOKENS));
          newcomers.add(new Asked(prompt, config, 1, 0, new Heard()));
        }
        batch.join(newcomers);
        all.addAll(newcomers);
        if (random.nextInt(3) == 0) {
          Asked one = newcomers.get(0);
          batch.leave(one);
          left.add(one);
        }
        for (int step = random.nextInt(5); step > 0; step--) {
          batch.step();
        }
      }
      finish(batch);
      Generator alone = new Generator(lm);
      for (Asked asked : all) {
        Generation expected = alone.generate(asked.prompt(), asked.config());
        Heard heard = (Heard) asked.listener();
        if (!left.contains(asked)) {
          assertThat(heard.ended.get(0).ids()).isEqualTo(expected.ids());
          assertThat(heard.ended.get(0).score()).isCloseTo(expected.score(), within(1e-4));
        }
      }
      assertThat(all).hasSizeGreaterThan(40);
      assertThat(left).isNotEmpty();
      assertThat(batch.bytes()).isLessThan(2 << 20);
    }
  }

  @Test
  void aKnownPromptIsRunWithTheNextStepOfOthers() {
    try (LanguageModel lm = model("llama");
        OpenBatch batch = new OpenBatch(lm, null, 1 << 20)) {
      Prompt known = prompts(lm).get(1);
      GenerationConfig several =
          GenerationConfig.sampling(new Sampling(1, 0, 1, 5), TOKENS).withNumReturn(3);
      batch.join(List.of(new Asked(known, GenerationConfig.greedy(2), 1, 0, new Heard())));
      finish(batch);
      Heard other = new Heard();
      batch.join(
          List.of(new Asked(prompts(lm).get(4), GenerationConfig.greedy(TOKENS), 1, 0, other)));
      batch.step();
      Heard heard = new Heard();
      batch.join(List.of(new Asked(known, several, 1, 2, heard)));
      assertThat(heard.known).isEqualTo(known.length() - 1);
      assertThat(heard.told).isEmpty();
      batch.step();
      assertThat(heard.told).hasSize(3);
      finish(batch);
      List<Generation> expected = new Generator(lm).generateAll(List.of(known), several).get(0);
      for (int answer = 0; answer < 3; answer++) {
        assertThat(heard.ended.get(answer).ids()).isEqualTo(expected.get(answer).ids());
        assertThat(heard.told.get(answer)).allMatch(token -> token.likely().size() == 2);
      }
    }
  }

  private static void finish(OpenBatch batch) {
    boolean open = true;
    while (open) {
      open = batch.step();
    }
    assertThat(batch.size()).isZero();
  }

  @Test
  void longAnswersOutgrowTheFirstCache() {
    try (LanguageModel lm = model("llama");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      Prompt prompt = Prompt.of(5, 6, 7);
      int most = Math.min(150, lm.positions() - 3);
      Heard heard = new Heard();
      batch.join(List.of(new Asked(prompt, GenerationConfig.greedy(most), 1, 0, heard)));
      finish(batch);
      assertThat(most).isGreaterThan(70);
      assertThat(heard.ids(0))
          .isEqualTo(new Generator(lm).generate(prompt, GenerationConfig.greedy(most)).ids());
    }
  }

  @Test
  void whatIsKnownOfAPromptIsNotRunAgain() {
    try (LanguageModel lm = model("llama");
        OpenBatch batch = new OpenBatch(lm, null, 1 << 20)) {
      Engine.seed(3);
      Tensor picture = torch.randn(12, lm.width());
      Tensor other = torch.randn(12, lm.width());
      Prompt first = Prompt.of(picture).then(1, 2, 3);
      Prompt second = Prompt.of(picture.clone()).then(1, 2, 9, 4);
      Prompt elsewhere = Prompt.of(other).then(1, 2, 9, 4);
      List<Heard> heard = new ArrayList<>();
      for (Prompt prompt : List.of(first, second, elsewhere, first)) {
        heard.add(new Heard());
        batch.join(
            List.of(
                new Asked(prompt, GenerationConfig.greedy(6), 1, 0, heard.get(heard.size() - 1))));
        finish(batch);
      }
      assertThat(heard.stream().map(h -> h.known).toList()).containsExactly(0, 14, 0, 14);
      assertThat(heard.stream().map(h -> h.tokens).toList()).containsExactly(15, 16, 16, 15);
      Generator alone = new Generator(lm);
      assertThat(heard.get(1).ids(0))
          .isEqualTo(alone.generate(second, GenerationConfig.greedy(6)).ids());
      assertThat(heard.get(3).ids(0)).isEqualTo(heard.get(0).ids(0));
    }
  }

  @Test
  void keptPromptsStayBelowTheirLimit() {
    try (LanguageModel lm = model("llama")) {
      long one;
      try (OpenBatch batch = new OpenBatch(lm, null, 1 << 30)) {
        ask(batch, Prompt.of(new int[20]));
        one = batch.bytes();
      }
      assertThat(one).isPositive();
      try (OpenBatch batch = new OpenBatch(lm, null, 2 * one)) {
        for (int i = 0; i < 5; i++) {
          int[] ids = new int[20];
          Arrays.fill(ids, i);
          ask(batch, Prompt.of(ids));
          assertThat(batch.bytes()).isBetween(one, 2 * one);
        }
      }
    }
  }

  private static Heard ask(OpenBatch batch, Prompt prompt) {
    Heard heard = new Heard();
    batch.join(List.of(new Asked(prompt, GenerationConfig.greedy(2), 1, 0, heard)));
    finish(batch);
    return heard;
  }

  @Test
  void severalAnswersAreThoseOfTheGenerator() {
    try (LanguageModel lm = model("gpt2");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      GenerationConfig config =
          GenerationConfig.sampling(new Sampling(1.3, 0, 0.9, 11), 8).withNumReturn(3);
      Prompt prompt = Prompt.of(4, 8, 15);
      Heard heard = new Heard();
      Heard neighbour = new Heard();
      batch.join(
          List.of(
              new Asked(Prompt.of(1, 2, 3, 4, 5), GenerationConfig.greedy(5), 1, 0, neighbour),
              new Asked(prompt, config, 1, 0, heard)));
      finish(batch);
      List<Generation> expected = new Generator(lm).generateAll(List.of(prompt), config).get(0);
      for (int i = 0; i < 3; i++) {
        assertThat(heard.ids(i)).isEqualTo(expected.get(i).ids());
      }
      assertThat(heard.ids(0)).isNotEqualTo(heard.ids(1));
    }
  }

  @Test
  void theMostProbableTokensAreToldInOrder() {
    try (LanguageModel lm = model("gpt2");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      Heard heard = new Heard();
      batch.join(List.of(new Asked(Prompt.of(4, 8), GenerationConfig.greedy(4), 1, 5, heard)));
      finish(batch);
      for (Token token : heard.told.get(0)) {
        assertThat(token.likely()).hasSize(5);
        assertThat(token.likely().get(0).id()).isEqualTo(token.id());
        assertThat(token.likely().get(0).logProbability()).isEqualTo(token.logProbability());
        assertThat(token.likely()).extracting(OpenBatch.Candidate::id).doesNotHaveDuplicates();
        for (int i = 1; i < 5; i++) {
          assertThat(token.likely().get(i).logProbability())
              .isLessThanOrEqualTo(token.likely().get(i - 1).logProbability());
        }
      }
    }
  }

  @Test
  void anAnswerMayPassOverEndTokens() {
    try (LanguageModel lm = model("gpt2");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      Prompt prompt = Prompt.of(4, 8);
      int[] free = new Generator(lm).generate(prompt, GenerationConfig.greedy(9)).ids();
      GenerationConfig config = GenerationConfig.greedy(9).withEos(free[1], free[3]);
      Heard once = new Heard();
      Heard twice = new Heard();
      batch.join(
          List.of(new Asked(prompt, config, 1, 0, once), new Asked(prompt, config, 2, 0, twice)));
      finish(batch);
      assertThat(once.ids(0)).isEqualTo(Arrays.copyOf(free, once.ids(0).length));
      assertThat(twice.ids(0)).isEqualTo(Arrays.copyOf(free, twice.ids(0).length));
      assertThat(once.ids(0).length).isLessThan(twice.ids(0).length);
    }
  }

  @Test
  void whoLeavesHearsNothingMore() {
    try (LanguageModel lm = model("gpt2");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      Heard stays = new Heard();
      Heard leaves = new Heard();
      Asked gone = new Asked(Prompt.of(3, 3), GenerationConfig.greedy(10), 1, 0, leaves);
      batch.join(List.of(gone, new Asked(Prompt.of(4), GenerationConfig.greedy(10), 1, 0, stays)));
      batch.step();
      batch.leave(gone);
      assertThat(batch.size()).isEqualTo(1);
      finish(batch);
      assertThat(leaves.told.get(0)).hasSize(2);
      assertThat(leaves.ended).isEmpty();
      assertThat(stays.ids(0))
          .isEqualTo(new Generator(lm).generate(Prompt.of(4), GenerationConfig.greedy(10)).ids());
    }
  }

  @Test
  void tooLongPromptsDoNotJoin() {
    try (LanguageModel lm = model("gpt2");
        OpenBatch batch = new OpenBatch(lm, null, 0)) {
      GenerationConfig config = GenerationConfig.greedy(lm.positions());
      Asked asked = new Asked(Prompt.of(1, 2), config, 1, 0, new Heard());
      assertThatThrownBy(() -> batch.join(List.of(asked)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("exceed the language model's " + lm.positions() + " positions");
      assertThat(batch.size()).isZero();
    }
  }
}
