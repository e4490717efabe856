package io.lorgnette.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * How a byte-level tokenizer cuts a text into the words inside which pairs are merged, as the
 * {@code tokenizer.json} files of its kind say it.
 */
enum BytePairRule {
  /** Words with the blank before them, numbers as a whole. */
  GPT2,
  /** As {@link #GPT2}, but digits one by one. */
  SMOLLM,
  /** Lower-cased words without blanks; their ends are marked. */
  CLIP,
  /** Composed letters; words with one sign before them; digits one by one. */
  QWEN2,
  /** As {@link #QWEN2}, but letters as they come and digits by three. */
  LLAMA3,
  /** As {@link #QWEN2}, but letters as they come and words cut before capitals. */
  TEKKEN;

  private static final String CLIP_WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
  private static final String BLANKS = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String TEKKEN_WORDS =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
          + BLANKS;

  /** The names by which GGUF files call these rules. */
  static final String IN_GGUF = "gpt-2, smollm, qwen2, llama-bpe and tekken";

  /** By {@code tokenizer.ggml.pre} of a GGUF file. */
  static Optional<BytePairRule> ofGguf(String pre) {
    return Optional.ofNullable(
        switch (pre) {
          case "gpt-2" -> GPT2;
          case "smollm" -> SMOLLM;
          case "qwen2" -> QWEN2;
          case "llama-bpe", "llama-v3", "llama3" -> LLAMA3;
          case "tekken" -> TEKKEN;
          default -> null;
        });
  }

  static BytePairRule of(TokenizerKind kind) {
    return switch (kind) {
      case GPT2, OPT, BART -> GPT2;
      case CLIP -> CLIP;
      case QWEN2 -> QWEN2;
      case BERT, LLAMA, T5 -> throw new IllegalArgumentException(kind + " has no byte-level pairs");
    };
  }

  /** Whether a word that is a token is taken whole, even where no merges lead to it. */
  boolean takesWholeWords() {
    return this == LLAMA3 || this == TEKKEN;
  }

  /** Whether texts begin with the begin token where a GGUF file does not say. */
  boolean beginsTexts() {
    return takesWholeWords();
  }

  /** What is put behind each word before its pairs are merged. */
  String endOfWord() {
    return this == CLIP ? "</w>" : "";
  }

  /**
   * Writes the rule into a definition.
   *
   * @param space whether a blank is put before a text
   */
  void write(TokenizerDefinition definition, boolean space) {
    switch (this) {
      case GPT2 -> definition.preTokenizer(TokenizerDefinition.byteLevel(space, true));
      case SMOLLM ->
          split(
              definition,
              TokenizerDefinition.part("Digits").put("individual_digits", true),
              TokenizerDefinition.byteLevel(space, true));
      case CLIP -> {
        definition.normalizer(
            TokenizerDefinition.sequence(
                "normalizers",
                TokenizerDefinition.part("NFC"),
                TokenizerDefinition.replace("Regex", "\\s+", " "),
                TokenizerDefinition.part("Lowercase")));
        split(
            definition,
            TokenizerDefinition.split(CLIP_WORDS, "Removed", true),
            TokenizerDefinition.byteLevel(false, true));
      }
      case QWEN2 -> {
        definition.normalizer(TokenizerDefinition.part("NFC"));
        isolate(definition, words("\\p{N}"), space);
      }
      case LLAMA3 -> isolate(definition, words("\\p{N}{1,3}"), space);
      case TEKKEN -> isolate(definition, TEKKEN_WORDS, space);
    }
  }

  private static String words(String number) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + number
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
        + BLANKS;
  }

  private static void isolate(TokenizerDefinition definition, String words, boolean space) {
    split(
        definition,
        TokenizerDefinition.split(words, "Isolated", false),
        TokenizerDefinition.byteLevel(space, false));
  }

  private static void split(TokenizerDefinition definition, ObjectNode... parts) {
    definition.preTokenizer(TokenizerDefinition.sequence("pretokenizers", parts));
  }
}
