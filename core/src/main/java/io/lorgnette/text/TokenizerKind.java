package io.lorgnette.text;

import java.util.List;
import java.util.Optional;

/** The kinds of tokenizer whose older files are read, and the names by which files call them. */
enum TokenizerKind {
  /** Byte-level BPE: GPT-2, GPT-Neo, GPT-J. */
  GPT2(List.of("GPT2Tokenizer"), List.of("gpt2", "gpt_neo", "gptj")),
  /** As {@link #GPT2} with {@code </s>} in front. */
  OPT(List.of(), List.of("opt")),
  /** Byte-level BPE between {@code <s>} and {@code </s>}. */
  BART(List.of("BartTokenizer", "RobertaTokenizer"), List.of("bart", "roberta")),
  /** Lower-cased byte-level BPE with {@code </w>} at the end of words. */
  CLIP(List.of("CLIPTokenizer"), List.of("clip", "clip_text_model")),
  /** Byte-level BPE with a split pattern of its own. */
  QWEN2(List.of("Qwen2Tokenizer"), List.of("qwen2", "qwen3")),
  /** Word pieces: BERT, BLIP's text side and the Q-Former's. */
  BERT(List.of("BertTokenizer"), List.of("bert", "blip", "blip_2_qformer")),
  /** SentencePiece BPE with raw bytes: LLaMA 1 and 2, Vicuna, Mistral. */
  LLAMA(List.of("LlamaTokenizer"), List.of("llama", "mistral")),
  /** SentencePiece unigrams with sentinels. */
  T5(List.of("T5Tokenizer"), List.of("t5"));

  private final List<String> classNames;
  private final List<String> modelTypes;

  TokenizerKind(List<String> classNames, List<String> modelTypes) {
    this.classNames = classNames;
    this.modelTypes = modelTypes;
  }

  /** By {@code tokenizer_class}; the suffix of the fast classes does not matter. */
  static Optional<TokenizerKind> ofClass(String name) {
    String plain = name.replaceFirst("Fast$", "");
    for (TokenizerKind kind : values()) {
      if (kind.classNames.contains(plain)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** By {@code model_type} of {@code config.json}. */
  static Optional<TokenizerKind> ofModel(String type) {
    for (TokenizerKind kind : values()) {
      if (kind.modelTypes.contains(type)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
