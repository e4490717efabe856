package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The words of a system in its language model's tokens. Each piece of text is encoded by itself, as
 * the published code does; nothing gets a bos token.
 */
public final class Prompts {

  /** How tokenizers call the token that ends a text. */
  static final List<String> ENDS =
      List.of("<|endoftext|>", "</s>", "<|end_of_text|>", "<eos>", "<|im_end|>");

  private final Tokenizer tokenizer;
  private final Wording wording;
  private final int stop;
  private final boolean inSentence;
  private final int[] begin;

  /** MAPL's words in a language model's tokens. */
  public Prompts(Tokenizer tokenizer) {
    this(tokenizer, Wording.MAPL);
  }

  /**
   * Words in a language model's tokens.
   *
   * @throws InputException if the tokenizer does not have their end as one token behind a word
   */
  public Prompts(Tokenizer tokenizer, Wording wording) {
    this(tokenizer, wording, stop(tokenizer, wording.end()));
  }

  /** As {@link #Prompts(Tokenizer, Wording)}, where the end is a token the tokenizer lacks. */
  Prompts(Tokenizer tokenizer, Wording wording, int stop) {
    this.tokenizer = tokenizer;
    this.wording = wording;
    this.stop = stop;
    this.inSentence = wording.end().equals(Wording.FULL_STOP);
    this.begin = wording.begin().isEmpty() ? new int[0] : new int[] {known(wording.begin())};
  }

  /** The id of the first of some tokens that a tokenizer has. */
  static OptionalInt firstKnown(Tokenizer tokenizer, List<String> tokens) {
    return tokens.stream().map(tokenizer::idOf).flatMapToInt(OptionalInt::stream).findFirst();
  }

  static int stop(Tokenizer tokenizer, String end) {
    if (end.equals(Wording.END_OF_TEXT)) {
      return firstKnown(tokenizer, ENDS)
          .orElseThrow(
              () ->
                  new InputException(
                      tokenizer
                          + " has none of "
                          + String.join(", ", ENDS)
                          + ", at which this method's captions end; use another language model"));
    }
    // Behind a word: LLaMA's tokenizers put a blank before a text, even before a lone full stop.
    int[] word = tokenizer.encode("a cat");
    int[] ended = tokenizer.encode("a cat" + end);
    if (Arrays.mismatch(word, ended) != word.length || ended.length != word.length + 1) {
      String shown = end.equals(Wording.FULL_STOP) ? "a full stop" : end.replace("\n", "\\n");
      throw new InputException(
          tokenizer
              + " does not write "
              + shown
              + " behind a word as one token, but captions end at it; use a tokenizer that does");
    }
    return ended[word.length];
  }

  private int known(String token) {
    return tokenizer
        .idOf(token)
        .orElseThrow(
            () ->
                new InputException(
                    tokenizer
                        + " has no token "
                        + token
                        + ", with which this method's texts begin"));
  }

  /** The tokens of a piece of text; of nothing, nothing. */
  private int[] piece(String text) {
    return text.isEmpty() ? new int[0] : join(begin, tokenizer.encode(text));
  }

  private static int[] join(int[] first, int... second) {
    int[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** The token at which captions and answers end. */
  public int stop() {
    return stop;
  }

  /** Whether a target ends in the stop token; one that does not teaches the model to ramble. */
  public boolean ends(int[] target) {
    return target.length > 0 && target[target.length - 1] == stop;
  }

  /** What stands between an image and its caption; often nothing. */
  public int[] beforeCaption() {
    return piece(wording.caption());
  }

  /** A caption to be learned; it gets the end unless that is the full stop it has. */
  public int[] caption(String caption) {
    // Behind words of its own it goes on with their piece.
    int[] ids = wording.caption().isEmpty() ? piece(caption) : tokenizer.encode(caption);
    return ended(ids);
  }

  /** What follows the image in question when there are no shots. */
  public int[] question(String question) {
    return piece(wording.instruction() + wording.question() + question + wording.answer());
  }

  /** An answer to be learned behind {@link #question}; it gets the end unless it has it. */
  public int[] answer(String answer) {
    return ended(tokenizer.encode(spoken(answer)));
  }

  private String spoken(String answer) {
    String words = answer.strip();
    boolean stopped = words.endsWith(Wording.FULL_STOP) || !inSentence;
    return " " + (stopped ? words : words + Wording.FULL_STOP);
  }

  private int[] ended(int[] ids) {
    return inSentence ? ids : join(ids, stop);
  }

  /** What a document says behind one of its images, up to the next; it gets the end. */
  public int[] chunk(String text) {
    return ended(tokenizer.encode(text));
  }

  /** Words as they are, for instance how to answer. */
  public int[] text(String text) {
    return piece(text);
  }

  /** What stands before the first shot. */
  int[] instruction() {
    return piece(wording.instruction());
  }

  /** What follows the image of a shot. */
  int[] shot(String question, String answer) {
    return ended(piece(wording.question() + question + wording.answer() + spoken(answer)));
  }

  /** What follows the image in question behind shots. */
  int[] questionAfterShots(String question) {
    return piece(wording.question() + question + wording.answer());
  }
}
