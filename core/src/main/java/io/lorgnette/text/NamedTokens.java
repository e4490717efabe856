package io.lorgnette.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The named special tokens of a kind of tokenizer where files are silent about them, and how they
 * are looked for where a file gives only their text.
 *
 * @param texts by name; a name that is missing here is not special
 * @param normalized whether they are looked for in the normalised text
 */
record NamedTokens(Map<String, String> texts, boolean normalized) {

  private static final String END = "<|endoftext|>";

  static NamedTokens of(TokenizerKind kind) {
    return switch (kind) {
      case GPT2 ->
          new NamedTokens(Map.of("bos_token", END, "eos_token", END, "unk_token", END), true);
      case OPT ->
          new NamedTokens(
              Map.of(
                  "bos_token", "</s>",
                  "eos_token", "</s>",
                  "unk_token", "</s>",
                  "pad_token", "<pad>"),
              true);
      case BART ->
          new NamedTokens(
              Map.of(
                  "bos_token", "<s>",
                  "eos_token", "</s>",
                  "unk_token", "<unk>",
                  "sep_token", "</s>",
                  "pad_token", "<pad>",
                  "cls_token", "<s>",
                  "mask_token", "<mask>"),
              true);
      case CLIP ->
          new NamedTokens(
              Map.of(
                  "bos_token", "<|startoftext|>",
                  "eos_token", END,
                  "unk_token", END,
                  "pad_token", END),
              true);
      case QWEN2 ->
          new NamedTokens(Map.of("eos_token", END, "unk_token", END, "pad_token", END), false);
      case BERT ->
          new NamedTokens(
              Map.of(
                  "unk_token", "[UNK]",
                  "sep_token", "[SEP]",
                  "pad_token", "[PAD]",
                  "cls_token", "[CLS]",
                  "mask_token", "[MASK]"),
              false);
      case LLAMA ->
          new NamedTokens(
              Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"), false);
      case T5 ->
          new NamedTokens(
              Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>"), false);
    };
  }

  /** A named token as the files have it, or the kind's own. */
  Optional<AddedToken> token(TokenizerSettings settings, String name) {
    Optional<AddedToken> token = settings.token(name, texts.get(name), normalized);
    // BART's mask takes the blank before it with it, unless a file describes it otherwise.
    boolean mask = name.equals("mask_token") && normalized;
    return token.map(t -> mask && !settings.describes(name, t) ? withBlankBefore(t) : t);
  }

  private static AddedToken withBlankBefore(AddedToken token) {
    return new AddedToken(token.content(), false, true, false, true, true);
  }

  /** The content of a named token that a template needs. */
  String content(TokenizerSettings settings, String name) {
    return token(settings, name).map(AddedToken::content).orElse("");
  }

  /** Adds everything that the files name: tokens listed with ids, named ones, further ones. */
  void addAll(TokenizerDefinition definition, TokenizerSettings settings, List<AddedToken> more) {
    definition.addListed(settings.listed());
    for (String name : TokenizerSettings.NAMES) {
      token(settings, name).ifPresent(definition::add);
    }
    Stream.concat(settings.additional().stream(), more.stream())
        .filter(t -> !settings.isListed(t))
        .forEach(definition::add);
  }
}
