package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens of a {@code tokenizer.json} and their ids: its model's vocabulary (a map for BPE,
 * WordPiece and WordLevel, a list with scores for Unigram) and the added tokens.
 *
 * <p>The native binding does not tell them, so they are read from the file.
 */
final class Vocabulary {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Integer> ids;
  private final Map<Integer, String> tokens;
  private final int size;
  private final boolean byteFallback;

  private Vocabulary(Map<String, Integer> ids, boolean byteFallback) {
    this.ids = ids;
    this.byteFallback = byteFallback;
    tokens = new HashMap<>(ids.size() * 2);
    int highest = -1;
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      tokens.put(entry.getValue(), entry.getKey());
      highest = Math.max(highest, entry.getValue());
    }
    size = highest + 1;
  }

  static Vocabulary parse(byte[] json, String name) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InputException(
          name
              + ", line "
              + (e.getLocation() == null ? "unknown" : e.getLocation().getLineNr())
              + ": not valid JSON ("
              + e.getOriginalMessage()
              + "); expected a whole tokenizer.json, fetch it again",
          e);
    } catch (IOException e) {
      throw new InputException(name + ": can not be read (" + e.getMessage() + ")", e);
    }
    JsonNode entries = root.path("model").path("vocab");
    Map<String, Integer> ids = new HashMap<>();
    if (entries.isObject()) {
      entries.properties().forEach(e -> ids.put(e.getKey(), id(e.getValue(), e.getKey(), name)));
    } else if (entries.isArray()) {
      for (int i = 0; i < entries.size(); i++) {
        ids.put(entries.get(i).path(0).asText(), i);
      }
    } else {
      throw new InputException(
          name
              + ": has no model.vocab, so it is not the tokenizer.json of a fast tokenizer;"
              + " choose the tokenizer.json that belongs to the language model");
    }
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asText();
      ids.put(content, id(added.path("id"), content, name));
    }
    if (ids.isEmpty()) {
      throw new InputException(name + ": its model.vocab holds no token; fetch the file again");
    }
    return new Vocabulary(ids, root.path("model").path("byte_fallback").asBoolean(false));
  }

  private static int id(JsonNode value, String token, String name) {
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 0) {
      throw new InputException(
          name
              + ": the token \""
              + token
              + "\" has the id "
              + value
              + "; expected a whole number from 0 on, fetch the file again");
    }
    return value.intValue();
  }

  int size() {
    return size;
  }

  OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  String token(int id) {
    String token = tokens.get(id);
    if (token == null) {
      throw new IllegalArgumentException(
          "no token has the id " + id + "; the vocabulary has " + size + " ids from 0 on");
    }
    return token;
  }

  /** Whether the id stands for one raw byte, {@code <0x0A>} and the like, of a text's UTF-8. */
  boolean isRawByte(int id) {
    String token = tokens.get(id);
    return byteFallback
        && token != null
        && token.length() == 6
        && token.startsWith("<0x")
        && token.endsWith(">");
  }
}
