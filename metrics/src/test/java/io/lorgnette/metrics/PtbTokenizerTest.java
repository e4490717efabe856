package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
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

  /** 3,000 strings full of quotes, brackets, money, fractions, emoji, scripts, controls. */
  @Test
  void equalsTheReferenceToolOnGeneratedStrings() {
    List<String> otherTokens = new ArrayList<>();
    List<String> otherScoredTokens = new ArrayList<>();
    JsonNode golden = Goldens.read("ptb/generated.json");
    assertThat(golden).hasSize(3_000);
    for (JsonNode line : golden) {
      String text = line.get("text").asText();
      if (!String.join(" ", PtbTokenizer.rawTokens(text)).equals(line.get("raw").asText())) {
        otherTokens.add(text);
      }
      if (!PtbTokenizer.tokenize(text).equals(line.get("tokenized").asText())) {
        otherScoredTokens.add(text);
      }
    }
    // A host name after a character that only host names may hold, and a full stop before a tag.
    String host = "\u3000withsq.\u2010foo.org/bar \u007F The";
    assertThat(otherTokens).containsExactly(host, "´ sign --) U.S.A. <d>on ");
    assertThat(otherScoredTokens).containsExactly(host);
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
