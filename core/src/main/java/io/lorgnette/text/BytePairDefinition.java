package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a tokenizer out of {@code vocab.json} and {@code merges.txt}. */
final class BytePairDefinition {

  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";

  private static final ObjectMapper JSON = new ObjectMapper();

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
    BytePairRule rule = BytePairRule.of(kind);
    TokenizerDefinition definition =
        new BytePairs(
                folder.resolve(VOCABULARY).toString(),
                vocabulary,
                readMerges(folder.resolve(MERGES)))
            .definition(
                rule,
                settings.flag("add_prefix_space", false),
                rule == BytePairRule.CLIP ? named.content(settings, "unk_token") : null);
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

  private static List<BytePairs.Merge> readMerges(Path file) {
    List<BytePairs.Merge> merges = new ArrayList<>();
    String text = new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8);
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isEmpty() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      BytePairs.Merge merge = BytePairs.Merge.of(line);
      if (merge == null) {
        throw new InputException(
            file + ", line " + number + ": holds \"" + line + "\"; expected two tokens");
      }
      merges.add(merge);
    }
    return merges;
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
