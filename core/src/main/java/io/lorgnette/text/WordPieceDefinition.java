package io.lorgnette.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes BERT's tokenizer out of {@code vocab.txt}: one token a line, its number is the id. */
final class WordPieceDefinition {

  static final String VOCABULARY = "vocab.txt";

  private final Path file;
  private final TokenizerSettings settings;

  WordPieceDefinition(Path folder, TokenizerSettings settings) {
    this.file = folder.resolve(VOCABULARY);
    this.settings = settings;
  }

  byte[] json() {
    NamedTokens named = NamedTokens.of(TokenizerKind.BERT);
    Map<String, Integer> vocabulary = readVocabulary();
    ObjectNode model =
        TokenizerDefinition.part("WordPiece")
            .put("unk_token", named.content(settings, "unk_token"))
            .put("continuing_subword_prefix", "##")
            .put("max_input_chars_per_word", 100);
    ObjectNode ids = model.putObject("vocab");
    vocabulary.forEach(ids::put);
    if (!vocabulary.containsKey(model.get("unk_token").textValue())) {
      throw new InputException(
          file
              + ": does not hold the token "
              + model.get("unk_token")
              + " for unknown words; it is not a vocabulary of word pieces");
    }
    TokenizerDefinition definition = new TokenizerDefinition(file.toString(), vocabulary, model);
    boolean basic = settings.flag("do_basic_tokenize", true);
    ObjectNode normalizer =
        TokenizerDefinition.part("BertNormalizer")
            .put("clean_text", true)
            .put("handle_chinese_chars", basic && settings.flag("tokenize_chinese_chars", true))
            .put("lowercase", basic && settings.flag("do_lower_case", true));
    // Where it is not said, accents go with the capitals.
    Boolean accents = basic ? settings.flag("strip_accents").orElse(null) : Boolean.FALSE;
    normalizer.put("strip_accents", accents);
    definition
        .normalizer(normalizer)
        .preTokenizer(TokenizerDefinition.part("BertPreTokenizer"))
        .decoder(TokenizerDefinition.part("WordPiece").put("prefix", "##").put("cleanup", true));
    named.addAll(definition, settings, List.of());
    return definition
        .template(
            List.of(named.content(settings, "cls_token")),
            List.of(named.content(settings, "sep_token")))
        .json();
  }

  private Map<String, Integer> readVocabulary() {
    String text = new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8);
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    int id = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int stop = end < 0 ? text.length() : end;
      String line = text.substring(start, stop);
      vocabulary.put(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line, id++);
      start = stop + 1;
    }
    return vocabulary;
  }
}
