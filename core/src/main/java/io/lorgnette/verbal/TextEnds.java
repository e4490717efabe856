package io.lorgnette.verbal;

import io.lorgnette.text.Tokenizer;
import java.util.List;

/** Tokens with which language models end a text. */
final class TextEnds {

  private static final List<String> ENDS =
      List.of("</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "<|im_end|>");

  private TextEnds() {}

  /**
   * Those that a tokenizer has.
   *
   * @param vocabulary of the model, which may have fewer
   */
  static int[] of(Tokenizer tokenizer, int vocabulary) {
    return ENDS.stream()
        .flatMapToInt(end -> tokenizer.idOf(end).stream())
        .filter(id -> id < vocabulary)
        .toArray();
  }
}
