package io.lorgnette.text;

import java.util.Optional;

/** The kinds of tokenizer whose older files are read, and the names by which files call them. */
enum TokenizerKind {
  /** Byte-level BPE: GPT-2, GPT-Neo, GPT-J. */
  GPT2,
  /** As {@link #GPT2} with {@code </s>} in front. */
  OPT,
  /** Byte-level BPE between {@code <s>} and {@code </s>}. */
  BART,
  /** Lower-cased byte-level BPE with {@code </w>} at the end of words. */
  CLIP,
  /** Byte-level BPE with a split pattern of its own. */
  QWEN2,
  /** Word pieces: BERT, BLIP's text side and the Q-Former's. */
  BERT,
  /** SentencePiece BPE with raw bytes: LLaMA 1 and 2, Vicuna, Mistral. */
  LLAMA,
  /** SentencePiece unigrams with sentinels. */
  T5;

  /** By {@code tokenizer_class}; the suffix of the fast classes does not matter. */
  static Optional<TokenizerKind> ofClass(String name) {
    return Optional.ofNullable(
        switch (name.replaceFirst("Fast$", "")) {
          case "GPT2Tokenizer" -> GPT2;
          case "BartTokenizer", "RobertaTokenizer" -> BART;
          case "CLIPTokenizer" -> CLIP;
          case "Qwen2Tokenizer" -> QWEN2;
          case "BertTokenizer" -> BERT;
          case "LlamaTokenizer" -> LLAMA;
          case "T5Tokenizer" -> T5;
          default -> null;
        });
  }

  /** By {@code model_type} of {@code config.json}. */
  static Optional<TokenizerKind> ofModel(String type) {
    return Optional.ofNullable(
        switch (type) {
          case "gpt2", "gpt_neo", "gptj" -> GPT2;
          case "opt" -> OPT;
          case "bart", "roberta" -> BART;
          case "clip", "clip_text_model" -> CLIP;
          case "qwen2", "qwen3" -> QWEN2;
          case "bert", "blip", "blip_2_qformer" -> BERT;
          case "llama", "mistral" -> LLAMA;
          case "t5" -> T5;
          default -> null;
        });
  }
}
