package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The tokens around a text that is read as a whole, as BERT has them. A tokenizer of another kind
 * serves too: its token for the end of a text then stands at both ends. Safe for use by several
 * threads.
 */
public final class TextMarks {

  private static final List<String> ENDS =
      List.of("[SEP]", "</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "<|im_end|>");
  private static final List<String> BEGINS = List.of("[CLS]", "<s>", "<|begin_of_text|>", "<bos>");
  private static final List<String> PADS = List.of("[PAD]", "<pad>", "<|pad|>");

  private final Tokenizer tokenizer;
  private final int begin;
  private final int end;
  private final int pad;

  private TextMarks(Tokenizer tokenizer, int begin, int end, int pad) {
    this.tokenizer = tokenizer;
    this.begin = begin;
    this.end = end;
    this.pad = pad;
  }

  /**
   * The marks of a tokenizer, which stays the caller's to close.
   *
   * @throws InputException if it has no token that ends a text
   */
  public static TextMarks of(Tokenizer tokenizer) {
    int end =
        first(tokenizer, ENDS)
            .orElseThrow(
                () ->
                    new InputException(
                        tokenizer
                            + " has none of "
                            + String.join(", ", ENDS)
                            + " to end a text with; give another tokenizer"));
    return new TextMarks(
        tokenizer, first(tokenizer, BEGINS).orElse(end), end, first(tokenizer, PADS).orElse(end));
  }

  private static OptionalInt first(Tokenizer tokenizer, List<String> names) {
    return names.stream().map(tokenizer::idOf).flatMapToInt(OptionalInt::stream).findFirst();
  }

  /**
   * Begin, text, end, and padding up to a length; a longer text loses its last tokens, not its end.
   *
   * @param length at least 3
   */
  public PaddedIds encode(String text, int length) {
    if (length < 3) {
      throw new IllegalArgumentException("a text and its marks need 3 tokens, not " + length);
    }
    int[] words = tokenizer.encode(text);
    int kept = Math.min(words.length, length - 2);
    int[] ids = new int[length];
    Arrays.fill(ids, pad);
    ids[0] = begin;
    System.arraycopy(words, 0, ids, 1, kept);
    ids[kept + 1] = end;
    int[] mask = new int[length];
    Arrays.fill(mask, 0, kept + 2, 1);
    return new PaddedIds(ids, mask);
  }
}
