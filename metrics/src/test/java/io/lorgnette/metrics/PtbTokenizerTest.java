package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PtbTokenizerTest {

  static Stream<JsonNode> lines() {
    return Stream.of("metrics/ptb.json", "ptb/hostile.json")
        .flatMap(name -> Goldens.elements(Goldens.read(name)));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("lines")
  void equalsTheReferenceTool(JsonNode line) {
    String text = line.get("text").asText();
    assertThat(String.join(" ", PtbTokenizer.rawTokens(text))).isEqualTo(line.get("raw").asText());
    assertThat(PtbTokenizer.tokenize(text)).isEqualTo(line.get("tokenized").asText());
  }

  @Test
  void anEmptyCaptionHasNoTokens() {
    assertThat(PtbTokenizer.tokens("")).isEmpty();
    assertThat(PtbTokenizer.tokens(" \t ")).isEmpty();
    assertThat(PtbTokenizer.tokenize("...")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(chars = {'\u000B', '\u000C', '\r', '\u0085', '\u2028', '\u2029'})
  void lineBreaksAreReadAsBlanksAndNoticed(char lineBreak) {
    String caption = "a dog" + lineBreak + "on a mat";
    assertThat(PtbTokenizer.hasLineBreak(caption)).isTrue();
    assertThat(PtbTokenizer.tokenize(caption)).isEqualTo("a dog on a mat");
  }

  @Test
  void aNewLineIsABlankAsInTheEvaluation() {
    assertThat(PtbTokenizer.hasLineBreak("a\nb")).isFalse();
    assertThat(PtbTokenizer.tokenize("a\nb")).isEqualTo("a b");
  }

  @Test
  void longTextEndsInReasonableTime() {
    // Each of these makes some rule run far ahead at every token.
    for (String unit :
        List.of("a", "a.", "a-", "a,", "a@", "<a ", "1 ", "a'", "www.", "(", "\u00AD")) {
      assertThat(PtbTokenizer.rawTokens(unit.repeat(10_000))).isNotEmpty();
    }
  }
}
