package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a tokenizer out of {@code vocab.json} and {@code merges.txt}. */
final class BytePairDefinition {

  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String CLIP_WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
  private static final String QWEN_WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final Path folder;
  private final TokenizerSettings settings;
  private final Map<String, Integer> vocabulary;

  BytePairDefinition(Path folder, TokenizerSettings settings) {
    this.folder = folder;
    this.settings = settings;
    this.vocabulary = readVocabulary(folder.resolve(VOCABULARY));
  }

  /** The kind that the vocabulary's own special tokens show, if they do. */
  Optional<TokenizerKind> kind() {
    if (vocabulary.containsKey("<|startoftext|>")) {
      return Optional.of(TokenizerKind.CLIP);
    }
    if (vocabulary.containsKey("<|endoftext|>")) {
      return Optional.of(TokenizerKind.GPT2);
    }
    if (vocabulary.containsKey("</s>") && vocabulary.containsKey("<pad>")) {
      return Optional.of(vocabulary.containsKey("<mask>") ? TokenizerKind.BART : TokenizerKind.OPT);
    }
    return Optional.empty();
  }

  byte[] json(TokenizerKind kind) {
    NamedTokens named = NamedTokens.of(kind);
    String unknown = kind == TokenizerKind.CLIP ? named.content(settings, "unk_token") : null;
    TokenizerDefinition definition =
        new TokenizerDefinition(
            folder.resolve(VOCABULARY).toString(),
            vocabulary,
            model(kind == TokenizerKind.CLIP ? "</w>" : "", unknown));
    split(definition, kind);
    definition.decoder(TokenizerDefinition.byteLevel(true, true));
    named.addAll(definition, settings, List.of());
    if (kind == TokenizerKind.BART) {
      around(definition, named, "cls_token", "sep_token");
    } else if (kind == TokenizerKind.CLIP) {
      around(definition, named, "bos_token", "eos_token");
    } else if (kind != TokenizerKind.QWEN2
        && settings.flag("add_bos_token", kind == TokenizerKind.OPT)) {
      definition.template(List.of(named.content(settings, "bos_token")), List.of());
    }
    return definition.json();
  }

  private void around(
      TokenizerDefinition definition, NamedTokens named, String before, String after) {
    definition.template(
        List.of(named.content(settings, before)), List.of(named.content(settings, after)));
  }

  private void split(TokenizerDefinition definition, TokenizerKind kind) {
    boolean space = settings.flag("add_prefix_space", false);
    switch (kind) {
      case CLIP -> {
        definition.normalizer(
            TokenizerDefinition.sequence(
                "normalizers",
                TokenizerDefinition.part("NFC"),
                TokenizerDefinition.replace("Regex", "\\s+", " "),
                TokenizerDefinition.part("Lowercase")));
        definition.preTokenizer(
            TokenizerDefinition.sequence(
                "pretokenizers",
                TokenizerDefinition.split(CLIP_WORDS, "Removed", true),
                TokenizerDefinition.byteLevel(false, true)));
      }
      case QWEN2 -> {
        definition.normalizer(TokenizerDefinition.part("NFC"));
        definition.preTokenizer(
            TokenizerDefinition.sequence(
                "pretokenizers",
                TokenizerDefinition.split(QWEN_WORDS, "Isolated", false),
                TokenizerDefinition.byteLevel(space, false)));
      }
      default -> definition.preTokenizer(TokenizerDefinition.byteLevel(space, true));
    }
  }

  private ObjectNode model(String endOfWord, String unknown) {
    ObjectNode model =
        TokenizerDefinition.part("BPE")
            .put("unk_token", unknown)
            .put("continuing_subword_prefix", "")
            .put("end_of_word_suffix", endOfWord)
            .put("fuse_unk", false)
            .put("byte_fallback", false);
    ObjectNode ids = model.putObject("vocab");
    vocabulary.forEach(ids::put);
    ArrayNode merges = model.putArray("merges");
    Path file = folder.resolve(MERGES);
    String text = new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8);
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isEmpty() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      String[] pair = line.strip().split(" ", -1);
      if (pair.length != 2) {
        throw new InputException(
            file + ", line " + number + ": holds \"" + line + "\"; expected two tokens");
      }
      merges.addArray().add(pair[0]).add(pair[1]);
    }
    return model;
  }

  private static Map<String, Integer> readVocabulary(Path file) {
    Map<String, Integer> vocabulary;
    try {
      vocabulary =
          JSON.readValue(
              new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8),
              new TypeReference<LinkedHashMap<String, Integer>>() {});
    } catch (JsonProcessingException e) {
      throw new InputException(
          file
              + ": is not a table of tokens and ids ("
              + e.getOriginalMessage()
              + "); fetch the file again",
          e);
    }
    if (vocabulary == null || vocabulary.isEmpty() || vocabulary.containsValue(null)) {
      throw new InputException(file + ": holds no tokens, or one without id; fetch it again");
    }
    return vocabulary;
  }
}
