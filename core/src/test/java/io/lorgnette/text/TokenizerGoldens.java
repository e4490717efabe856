package io.lorgnette.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The reference's tokenizers, texts and ids. */
final class TokenizerGoldens {

  static final String[] KINDS = {"gpt2", "opt", "clip", "bert", "qwen2", "t5", "llama"};

  @SuppressWarnings("ArrayRecordComponent") // Compared element by element by the tests.
  record Case(
      String text, int[] ids, int[] idsNoSpecial, String decoded, String decodedKeepSpecial) {}

  private TokenizerGoldens() {}

  static Path folder(String kind) {
    try {
      return Path.of(TokenizerGoldens.class.getResource("/goldens/tokenizers/" + kind).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Tokenizer tokenizer(String kind) {
    return Tokenizer.load(folder(kind));
  }

  static List<Case> cases(String kind) {
    List<Case> cases = new ArrayList<>();
    for (JsonNode c : read(folder(kind).resolve("golden.json")).path("cases")) {
      cases.add(
          new Case(
              c.path("text").textValue(),
              ints(c.path("ids")),
              ints(c.path("ids_no_special")),
              c.path("decoded").textValue(),
              c.path("decoded_keep_special").textValue()));
    }
    return cases;
  }

  static JsonNode read(Path file) {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}
