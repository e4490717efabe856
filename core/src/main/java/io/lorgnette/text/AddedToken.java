package io.lorgnette.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is cut out of the text before the model splits it.
 *
 * @param normalized whether it is looked for in the normalised text instead of the text as given
 * @param special whether decoding may leave it out
 */
record AddedToken(
    String content,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized,
    boolean special) {

  /** A token that is only named; how it is looked for depends on the kind of tokenizer. */
  static AddedToken special(String content, boolean normalized) {
    return new AddedToken(content, false, false, false, normalized, true);
  }

  /** Reads the object form; flags that it leaves out have the library's defaults. */
  static AddedToken read(JsonNode json, boolean special) {
    boolean isSpecial = special || json.path("special").asBoolean(false);
    return new AddedToken(
        json.path("content").asText(),
        json.path("single_word").asBoolean(false),
        json.path("lstrip").asBoolean(false),
        json.path("rstrip").asBoolean(false),
        json.path("normalized").asBoolean(!isSpecial),
        isSpecial);
  }

  AddedToken asSpecial() {
    return new AddedToken(content, singleWord, lstrip, rstrip, normalized, true);
  }

  void write(ObjectNode json, int id) {
    json.put("id", id)
        .put("content", content)
        .put("single_word", singleWord)
        .put("lstrip", lstrip)
        .put("rstrip", rstrip)
        .put("normalized", normalized)
        .put("special", special);
  }
}
