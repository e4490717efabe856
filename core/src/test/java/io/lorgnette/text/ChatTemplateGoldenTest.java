package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts equal those of the reference, for templates in the manner of the model families. */
final class ChatTemplateGoldenTest {

  private static final LocalDateTime DAY = LocalDateTime.of(2024, 7, 26, 15, 4, 5);
  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try {
      return TokenizerGoldens.read(
          Path.of(
              ChatTemplateGoldenTest.class
                  .getResource("/goldens/chat-templates/golden.json")
                  .toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Map<String, Object>> conversation(String name) {
    return new ObjectMapper()
        .convertValue(GOLDEN.path("conversations").path(name), new TypeReference<>() {});
  }

  static Stream<Arguments> templates() {
    return StreamSupport.stream(GOLDEN.path("templates").spliterator(), false)
        .map(t -> Arguments.of(t.path("name").textValue(), t));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("templates")
  void promptsEqualTheReference(String name, JsonNode golden) {
    Map<String, String> tokens = new LinkedHashMap<>();
    golden.path("tokens").properties().forEach(e -> tokens.put(e.getKey(), e.getValue().asText()));
    ChatTemplate template =
        ChatTemplate.parse(golden.path("template").textValue(), tokens, name, () -> DAY);
    assertThat(golden.path("cases").size()).isEqualTo(18);
    for (JsonNode c : golden.path("cases")) {
      List<Map<String, Object>> messages = conversation(c.path("conversation").textValue());
      boolean generation = c.path("generation").booleanValue();
      if (c.has("text")) {
        assertThat(template.renderMaps(messages, generation, Map.of()))
            .as(c.path("conversation").textValue())
            .isEqualTo(c.path("text").textValue());
      } else {
        String error = c.path("error").textValue();
        boolean raised = error.contains("must alternate") || error.contains("are supported");
        assertThatThrownBy(() -> template.renderMaps(messages, generation, Map.of()))
            .as(c.path("conversation").textValue())
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith(name + ": ")
            .hasMessageContaining(raised ? error : "of its chat template fails: ");
      }
    }
  }

  static Stream<Arguments> expressions() {
    return StreamSupport.stream(GOLDEN.path("expressions").spliterator(), false)
        .map(e -> Arguments.of(e.get(0).textValue(), e.get(1).textValue()));
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void theLanguageWritesWhatTheReferenceWrites(String template, String expected) {
    Map<String, String> tokens = Map.of("bos_token", "<s>", "eos_token", "</s>");
    assertThat(
            ChatTemplate.parse(template, tokens, "t", () -> DAY)
                .renderMaps(conversation("short"), true, Map.of()))
        .isEqualTo(expected);
  }
}
