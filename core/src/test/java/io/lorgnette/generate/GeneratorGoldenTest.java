package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.generate.GenerationConfig.EarlyStopping;
import io.lorgnette.generate.GenerationConfig.Forced;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Greedy decoding and beam search against Hugging Face's, tolerances of the goldens' README. */
class GeneratorGoldenTest {

  /** Results closer than this may come out in another order. */
  private static final double CLOSE = 1e-3;

  static Stream<Arguments> runs() {
    List<String> models =
        List.of(
            "gpt2",
            "gpt-neo",
            "gpt-j",
            "opt",
            "opt-350m-like",
            "llama",
            "llama3",
            "mistral",
            "qwen2",
            "qwen3",
            "t5",
            "flan-t5",
            "bart");
    return models.stream()
        .flatMap(
            model ->
                Golden.open("goldens/" + model).json().path("generation").properties().stream()
                    .map(run -> Arguments.of(model, run.getKey())));
  }

  private static TextModel model(Golden golden) {
    return TextModel.load(golden.path("checkpoint"), Dtype.F32, Device.CPU);
  }

  /**
   * The two prompts of a golden, and how many columns of its results are the prompt, or the start
   * token of an encoder-decoder.
   */
  private record Inputs(List<Prompt> prompts, int columns) {
    static Inputs of(Golden golden, String run, boolean encoded) {
      boolean left = run.startsWith("left.");
      long[] ids = golden.longs(left ? "left.input_ids" : "input_ids");
      int columns = ids.length / 2;
      List<Prompt> prompts = new ArrayList<>();
      for (int row = 0; row < 2; row++) {
        int first = left && row == 1 ? 4 : 0;
        int last = encoded ? (int) real(golden, row) : columns;
        long[] own = Arrays.copyOfRange(ids, row * columns + first, row * columns + last);
        int[] tokens = Arrays.stream(own).mapToInt(Math::toIntExact).toArray();
        if (run.startsWith("prefix.")) {
          Tensor prefix = Tensors.ofFloats(golden.floats("prefix"), golden.shape("prefix"));
          prompts.add(Prompt.of(prefix.select(0, row)).then(tokens));
        } else {
          prompts.add(Prompt.of(tokens));
        }
      }
      int before = run.startsWith("prefix.") ? 0 : columns;
      return new Inputs(prompts, encoded ? 1 : before);
    }

    /** Tokens of an encoder's input that are no padding. */
    private static long real(Golden golden, int row) {
      int columns = (int) golden.shape("attention_mask")[1];
      return Arrays.stream(golden.longs("attention_mask"), row * columns, (row + 1) * columns)
          .sum();
    }
  }

  /** What stands behind an end token; the reference's beams take padding token 0 for none. */
  private static int fill(Golden golden, String run, int eos) {
    boolean beams = golden.has(run + ".scores");
    int pad = pad(golden, run);
    return beams && pad == 0 ? eos : pad;
  }

  private static int pad(Golden golden, String run) {
    JsonNode pad = golden.json().path("generation").path(run).path("pad_token_id");
    return pad.isInt()
        ? pad.intValue()
        : golden.json("checkpoint/generation_config.json").path("pad_token_id").intValue();
  }

  private static GenerationConfig config(Golden golden, String run) {
    JsonNode json = golden.json().path("generation").path(run);
    int defaultEos = golden.json("checkpoint/generation_config.json").path("eos_token_id").asInt();
    int beams = json.path("num_beams").asInt();
    EarlyStopping early =
        switch (json.path("early_stopping").asText("false")) {
          case "true" -> EarlyStopping.TRUE;
          case "never" -> EarlyStopping.NEVER;
          default -> EarlyStopping.FALSE;
        };
    return GenerationConfig.beams(beams, json.path("max_new_tokens").asInt())
        .withLength(json.path("min_new_tokens").asInt(0), json.path("max_new_tokens").asInt())
        .withEos(json.path("eos_token_id").asInt(defaultEos))
        .withRanking(json.path("length_penalty").asDouble(1), early)
        .withNumReturn(json.path("num_return_sequences").asInt(1))
        .withRepetition(
            json.path("repetition_penalty").asDouble(1), json.path("no_repeat_ngram_size").asInt(0))
        .withForced(
            new Forced(id(json, "forced_bos_token_id"), all(id(json, "forced_eos_token_id"))));
  }

  private static OptionalInt id(JsonNode json, String key) {
    return json.path(key).isInt() ? OptionalInt.of(json.path(key).intValue()) : OptionalInt.empty();
  }

  private static Set<Integer> all(OptionalInt id) {
    return id.stream().boxed().collect(Collectors.toSet());
  }

  /** A golden's new ids of a row without the padding behind an end token. */
  private static int[] expected(Golden golden, String run, int row, Inputs inputs, int eos) {
    int width = (int) golden.shape(run + ".ids")[1];
    long[] all = golden.longs(run + ".ids");
    int[] ids =
        Arrays.stream(all, row * width + inputs.columns(), (row + 1) * width)
            .mapToInt(Math::toIntExact)
            .toArray();
    int fill = fill(golden, run, eos);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == eos) {
        for (int after = i + 1; after < ids.length; after++) {
          assertThat(ids[after]).isEqualTo(fill);
        }
        return Arrays.copyOf(ids, i + 1);
      }
    }
    return ids;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("runs")
  void equalsTheReference(String family, String run) {
    Engine.threads(1);
    Golden golden = Golden.open("goldens/" + family);
    try (Scope scope = Scope.open();
        TextModel lm = model(golden)) {
      Inputs inputs = Inputs.of(golden, run, lm instanceof EncoderDecoder);
      GenerationConfig config = config(golden, run);
      int eos = config.eos().iterator().next();
      List<List<Generation>> results = new Generator(lm).generateAll(inputs.prompts(), config);
      assertThat(results).hasSize(2);
      for (int prompt = 0; prompt < 2; prompt++) {
        assertThat(results.get(prompt)).hasSize(config.numReturn());
        if (!golden.has(run + ".scores") && !golden.has(run + ".margin")) {
          assertThat(results.get(prompt).get(0).ids())
              .isEqualTo(expected(golden, run, prompt, inputs, eos));
        } else if (config.beams() == 1) {
          compareGreedy(golden, run, prompt, results.get(prompt).get(0), inputs, eos);
        } else {
          compareBeams(golden, run, prompt, results.get(prompt), inputs, eos);
        }
      }
    }
  }

  private static void compareGreedy(
      Golden golden, String run, int row, Generation result, Inputs inputs, int eos) {
    int[] expected = expected(golden, run, row, inputs, eos);
    float[] margins = golden.floats(run + ".margin");
    int steps = (int) golden.shape(run + ".margin")[1];
    int certain = 0;
    while (certain < expected.length && margins[row * steps + certain] > CLOSE) {
      certain++;
    }
    assertThat(Arrays.copyOf(result.ids(), certain)).isEqualTo(Arrays.copyOf(expected, certain));
    if (certain == expected.length) {
      assertThat(result.ids()).isEqualTo(expected);
    }
  }

  private static void compareBeams(
      Golden golden, String run, int prompt, List<Generation> results, Inputs inputs, int eos) {
    float[] all = golden.floats(run + ".scores");
    int n = results.size();
    float[] scores = Arrays.copyOfRange(all, prompt * n, (prompt + 1) * n);
    for (int i = 0; i < n; i++) {
      assertThat(results.get(i).score()).isCloseTo(scores[i], within(1e-4));
      boolean alone =
          (i == 0 || scores[i - 1] - scores[i] > CLOSE)
              && (i == n - 1 || scores[i] - scores[i + 1] > CLOSE);
      if (alone) {
        assertThat(results.get(i).ids())
            .isEqualTo(expected(golden, run, prompt * n + i, inputs, eos));
      }
    }
  }
}
