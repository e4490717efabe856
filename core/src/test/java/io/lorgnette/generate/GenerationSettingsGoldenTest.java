package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.testing.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many settings, read as from a generation_config.json, over batches of prompts of unequal length,
 * against Hugging Face's answers and scores.
 */
class GenerationSettingsGoldenTest {

  private static final double CLOSE = 1e-3;
  private static final Path FILE = Path.of("generation_config.json");

  private static Golden golden;
  private static JsonNode json;

  @BeforeAll
  static void open() {
    Engine.threads(1);
    golden = Golden.open("goldens/generation");
    json = golden.json();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "bart", "llama", "gpt2"})
  void answersEqualTheReference(String model) {
    Path checkpoint = Golden.resource("goldens/" + model + "/checkpoint");
    int runs = 0;
    try (Scope scope = Scope.open();
        TextModel lm = TextModel.load(checkpoint, Dtype.F32, Device.CPU)) {
      for (JsonNode run : json.path("runs")) {
        if (run.path("model").asText().equals(model)) {
          compare(lm, run);
          runs++;
        }
      }
    }
    assertThat(runs).isGreaterThan(20);
  }

  private static void compare(TextModel lm, JsonNode run) {
    List<Prompt> prompts = new ArrayList<>();
    run.path("prompts").forEach(ids -> prompts.add(Prompt.of(ints(ids))));
    int longest = prompts.stream().mapToInt(Prompt::length).max().orElseThrow();
    GenerationConfig config =
        GenerationDefaults.of(FILE, run.path("settings"))
            .config(lm instanceof EncoderDecoder ? 1 : longest);
    List<List<Generation>> results = new Generator(lm).generateAll(prompts, config);
    JsonNode answers = run.path("answers");
    assertThat(results).hasSameSizeAs(answers);
    for (int p = 0; p < results.size(); p++) {
      String what = run.path("model").asText() + " " + run.path("name").asText() + " prompt " + p;
      List<Generation> found = results.get(p);
      JsonNode expected = answers.get(p);
      assertThat(found).as(what).hasSize(expected.size());
      for (int i = 0; i < found.size(); i++) {
        JsonNode answer = expected.get(i);
        boolean tied = false;
        if (config.beams() > 1) {
          double score = answer.path("score").asDouble();
          // Of the sum of log-probabilities, which a penalty below 0 multiplies.
          double factor = Math.pow(found.get(i).ids().length, -config.lengthPenalty());
          double tolerance = 1e-4 * Math.max(1, factor);
          assertThat(found.get(i).score()).as(what).isCloseTo(score, within(tolerance));
          tied = isClose(expected, i - 1, score) || isClose(expected, i + 1, score);
        }
        if (!tied) {
          assertThat(found.get(i).ids()).as(what).isEqualTo(ints(answer.path("ids")));
        }
      }
    }
  }

  private static boolean isClose(JsonNode answers, int i, double score) {
    return answers.has(i) && Math.abs(answers.get(i).path("score").asDouble() - score) < CLOSE;
  }

  private static int[] ints(JsonNode ids) {
    return StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  static Stream<Integer> draws() {
    return IntStream.range(0, Golden.open("goldens/generation").json().path("draws").size())
        .boxed();
  }

  /** Rules and then temperature, the k best and the nucleus: what a token is drawn from. */
  @ParameterizedTest
  @MethodSource("draws")
  void drawsFromTheReferencesProbabilities(int draw) {
    JsonNode run = json.path("draws").get(draw);
    GenerationConfig config = GenerationDefaults.of(FILE, run.path("settings")).config(1);
    int[] history = ints(run.path("ids"));
    float[] logits = golden.floats("draw." + draw + ".logits");
    float[] expected = golden.floats("draw." + draw + ".probabilities");
    int v = logits.length / history.length;
    Penalties penalties = new Penalties(config, v);
    Sampler sampler = new Sampler(config.sampling(), v);
    for (int t = 0; t < history.length; t++) {
      float[] scores = penalties.apply(logits, t * v, 0, history, t + 1, t);
      double[] found = sampler.probabilities(scores, 0);
      double[] row = IntStream.range(t * v, (t + 1) * v).mapToDouble(i -> expected[i]).toArray();
      assertThat(found).as("step %d", t).containsExactly(row, within(1e-5));
      assertThat(Arrays.stream(found).filter(p -> p > 0).count())
          .isEqualTo(Arrays.stream(row).filter(p -> p > 0).count());
    }
  }
}
