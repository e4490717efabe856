package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A {@code tokenizer.json} in the making, for tokenizers that come without one. Its parts follow
 * the reference's conversion of slow tokenizers to fast ones.
 */
final class TokenizerDefinition {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Map<String, Integer> vocabulary;
  private final ObjectNode model;
  private final SortedMap<Integer, AddedToken> added = new TreeMap<>();
  private final Map<String, Integer> addedIds = new LinkedHashMap<>();
  private ObjectNode normalizer;
  private ObjectNode preTokenizer;
  private ObjectNode postProcessor;
  private ObjectNode decoder;
  private int nextId;

  /**
   * Starts a definition.
   *
   * @param name what messages call it
   * @param vocabulary ids of the model's own tokens
   * @param model the model, vocabulary included
   */
  TokenizerDefinition(String name, Map<String, Integer> vocabulary, ObjectNode model) {
    this.name = name;
    this.vocabulary = vocabulary;
    this.model = model;
    this.nextId = vocabulary.size();
  }

  static ObjectNode part(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  static ObjectNode byteLevel(boolean addPrefixSpace, boolean useRegex) {
    return part("ByteLevel")
        .put("add_prefix_space", addPrefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", useRegex);
  }

  static ObjectNode split(String regex, String behavior, boolean invert) {
    ObjectNode split = part("Split");
    split.putObject("pattern").put("Regex", regex);
    return split.put("behavior", behavior).put("invert", invert);
  }

  static ObjectNode replace(String kind, String pattern, String content) {
    ObjectNode replace = part("Replace");
    replace.putObject("pattern").put(kind, pattern);
    return replace.put("content", content);
  }

  static ObjectNode metaspace(String prependScheme, boolean split) {
    return part("Metaspace")
        .put("replacement", "\u2581")
        .put("prepend_scheme", prependScheme)
        .put("split", split);
  }

  static ObjectNode sequence(String key, ObjectNode... parts) {
    ObjectNode sequence = part("Sequence");
    sequence.putArray(key).addAll(List.of(parts));
    return sequence;
  }

  TokenizerDefinition normalizer(ObjectNode json) {
    normalizer = json;
    return this;
  }

  TokenizerDefinition preTokenizer(ObjectNode json) {
    preTokenizer = json;
    return this;
  }

  TokenizerDefinition decoder(ObjectNode json) {
    decoder = json;
    return this;
  }

  /** What stands before and after a text: tokens that are there, by their content. */
  TokenizerDefinition template(List<String> before, List<String> after) {
    postProcessor = part("TemplateProcessing");
    for (String form : List.of("single", "pair")) {
      ArrayNode pieces = postProcessor.putArray(form);
      before.forEach(t -> piece(pieces, "SpecialToken", t));
      piece(pieces, "Sequence", "A");
      after.forEach(t -> piece(pieces, "SpecialToken", t));
      if (form.equals("pair")) {
        piece(pieces, "Sequence", "B");
        after.forEach(t -> piece(pieces, "SpecialToken", t));
      }
    }
    ObjectNode tokens = postProcessor.putObject("special_tokens");
    for (List<String> side : List.of(before, after)) {
      for (String token : side) {
        ObjectNode entry = tokens.putObject(token).put("id", token);
        entry.putArray("ids").add(idOf(token));
        entry.putArray("tokens").add(token);
      }
    }
    return this;
  }

  private static void piece(ArrayNode pieces, String kind, String id) {
    pieces.addObject().putObject(kind).put("id", id).put("type_id", 0);
  }

  private int idOf(String token) {
    Integer id = addedIds.getOrDefault(token, vocabulary.get(token));
    if (id == null) {
      throw new InputException(
          name
              + ": its vocabulary does not hold "
              + token
              + ", which stands around every text; the files do not belong together");
    }
    return id;
  }

  /**
   * Adds a token: one of the vocabulary keeps its id, another gets the next one. Later flags win.
   */
  TokenizerDefinition add(AddedToken token) {
    Integer known = addedIds.getOrDefault(token.content(), vocabulary.get(token.content()));
    int id = known == null ? nextId++ : known;
    added.put(id, token);
    addedIds.put(token.content(), id);
    return this;
  }

  /** Adds the tokens that files list with their ids; the ids must be those that come out. */
  TokenizerDefinition addListed(SortedMap<Integer, AddedToken> listed) {
    listed.forEach(
        (id, token) -> {
          add(token);
          int real = addedIds.get(token.content());
          if (real != id) {
            throw new InputException(
                name
                    + ": the added token "
                    + token.content()
                    + " is listed with id "
                    + id
                    + ", but after "
                    + vocabulary.size()
                    + " tokens of the vocabulary its id is "
                    + real
                    + "; the files do not belong together");
          }
        });
    return this;
  }

  /** The whole file. */
  byte[] json() {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode tokens = root.putArray("added_tokens");
    added.forEach((id, token) -> token.write(tokens.addObject(), id));
    root.set("normalizer", normalizer);
    root.set("pre_tokenizer", preTokenizer);
    root.set("post_processor", postProcessor);
    root.set("decoder", decoder);
    root.set("model", model);
    try {
      return JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON nodes can always be written", e);
    }
  }
}
