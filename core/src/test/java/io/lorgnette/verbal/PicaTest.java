package io.lorgnette.verbal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.generate.Scorer;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Ensembles of a tiny model with random weights, whose every answer can be computed again. */
class PicaTest {

  @Test
  void theSurestMemberIsBelieved() {
    Pica.Said low = new Pica.Said("red", -3, 1);
    Pica.Said high = new Pica.Said("blue", -1, 2);
    Pica.Said equal = new Pica.Said("green", -1, 1);
    assertThat(Pica.Answer.of(List.of(low, high, equal)).said()).isEqualTo(high);
    assertThat(Pica.Answer.of(List.of(low, new Pica.Said("", 0, 0))).best()).isEqualTo(1);
  }

  @Test
  void answersAreCleanedAsTheReferenceDoes() {
    assertThat(Pica.clean(" The Dog, to a U.S. park.")).isEqualTo("dog us park");
    assertThat(Pica.clean("a an the to")).isEmpty();
    assertThat(Pica.clean("theatre  seat")).isEqualTo("theatre seat");
    assertThat(Pica.clean("TITLE")).isEqualTo("title");
  }

  @Test
  void theScoreIsTheSumBeforeTheNewline() {
    List<Integer> lengths = new ArrayList<>();
    try (Tokenizer tokenizer = tokenizer()) {
      for (int seed = 1; seed <= 8; seed++) {
        try (LanguageModel lm =
            LanguageModel.random(
                DecoderConfig.smallLlama(tokenizer.vocabularySize(), 16, 2, 2, 32, 64),
                seed,
                Device.CPU)) {
          outspoken(lm);
          lengths.addAll(compare(lm, tokenizer));
        }
      }
    }
    assertThat(lengths).as("a newline came first, within, and not at all").contains(0, 5);
    assertThat(lengths).anyMatch(length -> length > 0 && length < 5);
  }

  @Test
  void aPromptThatIsTooLongIsSaid() {
    try (Tokenizer tokenizer = tokenizer();
        LanguageModel lm =
            LanguageModel.random(
                DecoderConfig.smallLlama(tokenizer.vocabularySize(), 16, 2, 2, 32, 64),
                1,
                Device.CPU)) {
      assertThatThrownBy(() -> new Pica(lm, tokenizer).answers(List.of(List.of("a ".repeat(70)))))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("fewer shots");
    }
  }

  /** Larger weights than a model starts with: it does not say one word over and over. */
  private static void outspoken(LanguageModel lm) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor : lm.parameters().where(name -> name.contains("layers"))) {
        tensor.mul_(new Scalar(30.0));
      }
    }
  }

  /** Each member against a greedy decoding and a scoring of its own; tokens before newlines. */
  private static List<Integer> compare(LanguageModel lm, Tokenizer tokenizer) {
    List<List<String>> questions =
        List.of(
            List.of("a b", "c\n", "d e\nf"), List.of("b\n a"), List.of("f a", "f a", "e\n\nd c"));
    List<Pica.Answer> answers = new Pica(lm, tokenizer).answers(questions);
    assertThat(answers).hasSize(3);
    Scorer scorer = new Scorer(lm);
    int newline = tokenizer.encode("\n")[0];
    List<Integer> lengths = new ArrayList<>();
    for (int q = 0; q < 3; q++) {
      assertThat(answers.get(q).members()).hasSize(questions.get(q).size());
      double highest = Double.NEGATIVE_INFINITY;
      for (int m = 0; m < questions.get(q).size(); m++) {
        Prompt prompt = Prompt.of(tokenizer.encode(questions.get(q).get(m)));
        int[] ids = new Generator(lm).generate(prompt, GenerationConfig.greedy(5)).ids();
        int end = 0;
        while (end < 5 && ids[end] != newline) {
          end++;
        }
        lengths.add(end);
        int[] before = Arrays.copyOf(ids, end);
        double sum = end == 0 ? 0 : scorer.score(prompt, before).sum();
        Pica.Said said = answers.get(q).members().get(m);
        assertThat(said.score()).isCloseTo(sum, within(1e-3));
        assertThat(said.tokens()).isEqualTo(end);
        assertThat(said.answer()).isEqualTo(Pica.clean(tokenizer.decode(before, true)));
        highest = Math.max(highest, said.score());
      }
      assertThat(answers.get(q).said().score()).isEqualTo(highest);
    }
    return lengths;
  }

  /** Words and characters of a small alphabet. */
  private static Tokenizer tokenizer() {
    StringBuilder vocabulary = new StringBuilder();
    String[] tokens = {"a", "b", "c", "d", "e", "f", "\\u0120", "\\u010a"};
    for (int i = 0; i < tokens.length; i++) {
      vocabulary.append(i == 0 ? "" : ", ").append('"').append(tokens[i]).append("\": ").append(i);
    }
    String json =
        "{\"version\": \"1.0\", \"added_tokens\": [], \"normalizer\": null, \"pre_tokenizer\":"
            + " {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true,"
            + " \"use_regex\": true}, \"post_processor\": null, \"decoder\": {\"type\":"
            + " \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\":"
            + " true}, \"model\": {\"type\": \"BPE\", \"vocab\": {"
            + vocabulary
            + "}, \"merges\": []}}";
    return Tokenizer.load(json.getBytes(java.nio.charset.StandardCharsets.UTF_8), "tiny");
  }
}
