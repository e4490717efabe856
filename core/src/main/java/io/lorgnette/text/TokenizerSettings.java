package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the small files beside an older tokenizer say: {@code tokenizer_config.json}, {@code
 * special_tokens_map.json}, {@code added_tokens.json}, and {@code model_type} of {@code
 * config.json}.
 *
 * <p>As the reference does, the two older files are not read where {@code tokenizer_config.json}
 * lists {@code added_tokens_decoder}.
 */
final class TokenizerSettings {

  private static final ObjectMapper JSON = new ObjectMapper();

  static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIALS = "special_tokens_map.json";
  private static final String ADDED = "added_tokens.json";

  /** The named tokens, in the order in which new ones get ids. */
  static final List<String> NAMES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** Lists of further special tokens, in their older and newer spelling. */
  private static final List<String> MORE =
      List.of("additional_special_tokens", "extra_special_tokens");

  private final Path folder;
  private final JsonNode config;
  private final JsonNode model;
  private final ObjectNode named = JSON.createObjectNode();
  private final SortedMap<Integer, AddedToken> listed = new TreeMap<>();

  TokenizerSettings(Path folder) {
    this.folder = folder;
    this.config = read(CONFIG);
    this.model = read("config.json");
    take(config);
    JsonNode decoder = config.path("added_tokens_decoder");
    if (decoder.isObject()) {
      decoder
          .properties()
          .forEach(e -> listed.put(id(e.getKey(), CONFIG), AddedToken.read(e.getValue(), false)));
    } else {
      take(read(SPECIALS));
      read(ADDED).properties().forEach(e -> addOlder(e.getKey(), e.getValue()));
    }
    if (flag("split_special_tokens", false)) {
      throw problem(CONFIG, "sets split_special_tokens, which is not known; set it to false");
    }
  }

  private void take(JsonNode from) {
    for (Map.Entry<String, JsonNode> entry : from.properties()) {
      if (NAMES.contains(entry.getKey()) || MORE.contains(entry.getKey())) {
        named.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private void addOlder(String token, JsonNode id) {
    boolean special = specialContents().contains(token);
    listed.put(
        id(id.asText(), ADDED), new AddedToken(token, false, false, false, !special, special));
  }

  private List<String> specialContents() {
    List<String> contents = new ArrayList<>();
    for (String name : NAMES) {
      token(name).ifPresent(t -> contents.add(t.content()));
    }
    additional().forEach(t -> contents.add(t.content()));
    return contents;
  }

  /** Kind by {@code tokenizer_class}, else by {@code model_type}. */
  Optional<TokenizerKind> kind() {
    JsonNode name = config.path("tokenizer_class");
    if (name.isTextual()) {
      return Optional.of(
          TokenizerKind.ofClass(name.textValue())
              .orElseThrow(
                  () ->
                      problem(
                          CONFIG,
                          "names the class "
                              + name.textValue()
                              + ", whose older files are not known; add its tokenizer.json")));
    }
    // Vision-language models keep the language model's configuration one level down.
    JsonNode type = model.path("text_config").path("model_type");
    return TokenizerKind.ofModel((type.isTextual() ? type : model.path("model_type")).asText());
  }

  /** Whether a file tells how a token is looked for, not only what its text is. */
  boolean describes(String name, AddedToken token) {
    return named.path(name).isObject() || isListed(token);
  }

  /** Whether a token is listed with its id. */
  boolean isListed(AddedToken token) {
    return listed.values().stream().anyMatch(l -> l.content().equals(token.content()));
  }

  /** As {@link #kind()}, but nothing where a class is named whose older files are not known. */
  Optional<TokenizerKind> knownKind() {
    JsonNode name = config.path("tokenizer_class");
    return name.isTextual() ? TokenizerKind.ofClass(name.textValue()) : kind();
  }

  /** A named token that is written as an object, with its flags. */
  private Optional<AddedToken> token(String name) {
    return read(named.path(name), true);
  }

  /**
   * A named token.
   *
   * @param otherwise its text where no file names it; null for none
   * @param normalized how it is looked for where only its text is given
   */
  Optional<AddedToken> token(String name, String otherwise, boolean normalized) {
    JsonNode value = named.path(name);
    Optional<AddedToken> token =
        named.has(name)
            ? read(value, normalized)
            : Optional.ofNullable(otherwise).map(t -> AddedToken.special(t, normalized));
    return token.map(
        t ->
            listed.values().stream()
                .filter(l -> l.content().equals(t.content()))
                .findFirst()
                .orElse(t)
                .asSpecial());
  }

  /** Further special tokens. */
  List<AddedToken> additional() {
    List<AddedToken> tokens = new ArrayList<>();
    for (String key : MORE) {
      for (JsonNode value : named.path(key)) {
        read(value, false).ifPresent(tokens::add);
      }
    }
    return tokens;
  }

  /** Tokens listed with their ids. */
  SortedMap<Integer, AddedToken> listed() {
    return listed;
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw problem(CONFIG, "has " + key + " " + value + "; true or false was expected");
    }
    return value.booleanValue();
  }

  /** A flag that may be unset. */
  Optional<Boolean> flag(String key) {
    return config.hasNonNull(key) ? Optional.of(flag(key, false)) : Optional.empty();
  }

  int count(String key, int otherwise, int largest) {
    JsonNode value = config.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || value.intValue() < 0 || value.intValue() > largest) {
      throw problem(CONFIG, "has " + key + " " + value + "; expected 0 to " + largest);
    }
    return value.intValue();
  }

  private static Optional<AddedToken> read(JsonNode value, boolean normalized) {
    if (value.isTextual()) {
      return Optional.of(AddedToken.special(value.textValue(), normalized));
    }
    return value.path("content").isTextual()
        ? Optional.of(AddedToken.read(value, true))
        : Optional.empty();
  }

  private int id(String value, String file) {
    try {
      int id = Integer.parseInt(value);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // Told below, as a negative number is.
    }
    throw problem(file, "has the id " + value + "; expected a whole number from 0 on");
  }

  private JsonNode read(String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + ": is not valid JSON (" + e.getOriginalMessage() + "); fetch the file again", e);
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e.getMessage() + ")", e);
    }
  }

  private InputException problem(String file, String what) {
    return new InputException(folder.resolve(file) + ": " + what);
  }
}
