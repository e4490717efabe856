package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Ids and texts equal those of the reference, for seven kinds of tokenizer. */
final class TokenizerGoldenTest {

  static final List<String> KINDS = List.of(TokenizerGoldens.KINDS);

  @ParameterizedTest
  @FieldSource("KINDS")
  void idsAndTextsEqualTheReference(String kind) {
    List<TokenizerGoldens.Case> cases = TokenizerGoldens.cases(kind);
    assertThat(cases).hasSize(69);
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer(kind)) {
      for (TokenizerGoldens.Case c : cases) {
        assertThat(tokenizer.encode(c.text())).as(c.text()).isEqualTo(c.idsNoSpecial());
        assertThat(tokenizer.encodeWithSpecials(c.text())).as(c.text()).isEqualTo(c.ids());
        assertThat(tokenizer.decode(c.ids(), true)).as(c.text()).isEqualTo(c.decoded());
        assertThat(tokenizer.decode(c.ids(), false)).as(c.text()).isEqualTo(c.decodedKeepSpecial());
      }
      int[][] all = tokenizer.encodeAll(cases.stream().map(TokenizerGoldens.Case::text).toList());
      for (int i = 0; i < all.length; i++) {
        assertThat(all[i]).isEqualTo(cases.get(i).idsNoSpecial());
      }
    }
  }

  @Test
  void clipBatchIsTruncatedAndPaddedTo16() {
    JsonNode batch = TokenizerGoldens.read(TokenizerGoldens.folder("clip").resolve("batch16.json"));
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer("clip")) {
      int pad = tokenizer.idOf("<|endoftext|>").orElseThrow();
      assertThat(batch).isNotEmpty();
      for (JsonNode row : batch) {
        PaddedIds padded = tokenizer.encodePadded(row.path("text").textValue(), 16, pad);
        assertThat(padded.ids()).isEqualTo(TokenizerGoldens.ints(row.path("ids")));
        assertThat(padded.mask()).isEqualTo(TokenizerGoldens.ints(row.path("mask")));
      }
    }
  }

  @Test
  void truncationAndPaddingThatTheFileAsksForAreSwitchedOff(@TempDir Path folder)
      throws IOException {
    Path source = TokenizerGoldens.folder("opt").resolve("tokenizer.json");
    ObjectNode root = (ObjectNode) TokenizerGoldens.read(source);
    root.putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 4)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    ObjectNode padding = root.putObject("padding");
    padding.putObject("strategy").put("Fixed", 12);
    padding
        .put("direction", "Right")
        .putNull("pad_to_multiple_of")
        .put("pad_id", 1)
        .put("pad_type_id", 0)
        .put("pad_token", "<pad>");
    Files.writeString(folder.resolve("tokenizer.json"), root.toString());
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 3}");
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      for (TokenizerGoldens.Case c : TokenizerGoldens.cases("opt")) {
        assertThat(tokenizer.encodeWithSpecials(c.text())).isEqualTo(c.ids());
      }
    }
  }

  @ParameterizedTest
  @FieldSource("KINDS")
  void vocabularyIsTheFiles(String kind) {
    JsonNode root = TokenizerGoldens.read(TokenizerGoldens.folder(kind).resolve("tokenizer.json"));
    JsonNode entries = root.path("model").path("vocab");
    int outside = 0;
    try (Tokenizer tokenizer = TokenizerGoldens.tokenizer(kind)) {
      for (JsonNode added : (ArrayNode) root.path("added_tokens")) {
        String content = added.path("content").textValue();
        int id = added.path("id").intValue();
        assertThat(tokenizer.idOf(content)).hasValue(id);
        assertThat(tokenizer.token(id)).isEqualTo(content);
        assertThat(tokenizer.encode(content)).containsExactly(id);
        outside += id >= entries.size() ? 1 : 0;
      }
      assertThat(tokenizer.vocabularySize()).isEqualTo(entries.size() + outside);
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        assertThat(tokenizer.idOf(tokenizer.token(id))).hasValue(id);
      }
    }
  }

  /** The points of the methods' specification that these small vocabularies can show. */
  @Test
  void optAndLlamaPutTheirFirstTokenInFront() {
    try (Tokenizer opt = TokenizerGoldens.tokenizer("opt");
        Tokenizer llama = TokenizerGoldens.tokenizer("llama")) {
      assertThat(opt.encodeWithSpecials("")).containsExactly(2);
      assertThat(opt.idOf("<pad>")).hasValue(1);
      assertThat(llama.encodeWithSpecials("")).containsExactly(1);
      assertThat(llama.token(1)).isEqualTo("<s>");
    }
  }
}
