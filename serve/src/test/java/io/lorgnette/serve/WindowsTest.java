package io.lorgnette.serve;

import static io.lorgnette.serve.Bench.chat;
import static io.lorgnette.serve.Bench.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Sight;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chats with an encoder-decoder, whose answers no others join. */
class WindowsTest {

  private static final String QUESTION = "What is on the table?";
  private static final String SMALL =
      "mapper: {width: 32, prefix_length: 4, layers: 1, heads: 4, feed_forward: 64, dropout: 0}\n";

  @TempDir static Path folder;

  private static Bench bench;
  private static VisionLanguageModel model;

  @BeforeAll
  static void start() {
    bench = new Bench(folder);
    Path connector = folder.resolve("connector.safetensors");
    try (Sight sight = Sight.open(Pocket.vision(), "vision", "", false, Device.CPU);
        TextModel lm = TextModel.load(Pocket.encoderDecoder(), Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(Pocket.encoderDecoder())) {
      Backbones backbones = Backbones.of(sight.spec(), "seq2seq", lm, tokenizer);
      try (Method method =
          RecipeReader.readText(SMALL, "test", List.of(), MethodKind.MAPL::config)
              .value()
              .start(backbones, 3)) {
        ConnectorCheckpoint.save(connector, method, "abc", 0, "0.1");
      }
    }
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    model = VisionLanguageModel.load(Pocket.vision(), Pocket.encoderDecoder(), connector, numerics);
    bench.start(new ServedModel("reader", model));
  }

  @AfterAll
  static void stop() {
    bench.stop();
    model.close();
    bench.close();
  }

  private static JsonNode asked(String more) throws Exception {
    return bench.chatted(chat(",\"max_tokens\":12" + more, bench.user(0, QUESTION)));
  }

  @Test
  void saysWhatTheModelDoesInProcess() throws Exception {
    GenerationConfig greedy = GenerationConfig.greedy(12);
    assertThat(content(asked("")))
        .isEqualTo(model.answer(bench.image(0), QUESTION, List.of(), greedy).text());
  }

  @Test
  void severalAnswersAreDrawnEachForItself() throws Exception {
    JsonNode three = asked(",\"n\":3,\"seed\":4,\"temperature\":1.5").path("choices");
    assertThat(three.findValuesAsText("content")).hasSize(3).doesNotHaveDuplicates();
    JsonNode again = asked(",\"n\":3,\"seed\":4,\"temperature\":1.5").path("choices");
    assertThat(again).isEqualTo(three);
    JsonNode one = asked(",\"seed\":4,\"temperature\":1.5");
    assertThat(content(one)).isEqualTo(three.path(0).path("message").path("content").textValue());
  }

  @Test
  void copiesOfAGreedyAnswerAreEqual() throws Exception {
    JsonNode two = asked(",\"n\":2,\"temperature\":0").path("choices");
    assertThat(two).hasSize(2);
    assertThat(two.path(0).path("message")).isEqualTo(two.path(1).path("message"));
  }

  @Test
  void logProbabilitiesAreTold() throws Exception {
    JsonNode tokens =
        asked(",\"logprobs\":true,\"top_logprobs\":3").path("choices").path(0).path("logprobs");
    assertThat(tokens.path("content")).isNotEmpty();
    for (JsonNode token : tokens.path("content")) {
      JsonNode likely = token.path("top_logprobs");
      assertThat(likely).hasSize(3);
      // The greedy token is the most probable one.
      assertThat(token.path("logprob").doubleValue())
          .isNegative()
          .isCloseTo(likely.path(0).path("logprob").doubleValue(), within(1e-6));
      double sum = 0;
      for (JsonNode other : likely) {
        sum += Math.exp(other.path("logprob").doubleValue());
      }
      assertThat(sum).isLessThanOrEqualTo(1 + 1e-6);
    }
  }
}
