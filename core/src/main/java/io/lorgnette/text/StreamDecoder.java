package io.lorgnette.text;

import java.util.Arrays;

/**
 * Decodes ids as they are generated.
 *
 * <p>{@link #add} takes one id and returns the text that has become certain: only whole characters,
 * also when one character is spread over several tokens (an emoji in byte-level BPE, the raw bytes
 * of SentencePiece). All pieces and {@link #finish()} together equal {@link Tokenizer#decode} of
 * all ids, leading spaces included.
 *
 * <p>Only the tokens since the last two borders are decoded again, so the cost of a token does not
 * grow with the length of the text. Belongs to one sequence and one thread.
 */
public final class StreamDecoder {

  private static final char REPLACEMENT = '\uFFFD';

  private final Tokenizer tokenizer;
  private final boolean skipSpecials;

  /** Ids since the border before the last one: what a decoder needs to know where a word starts. */
  private int[] window = new int[16];

  private int size;

  /** How many ids of the window have been given out as text. */
  private int given;

  /** The text of the {@link #given} ids, as the decoder writes it in this window. */
  private String givenText = "";

  /**
   * Whether a run of raw bytes is open: how its bytes read is one decision over all of them, so
   * nothing of it is certain before its end.
   */
  private boolean rawBytes;

  private boolean finished;

  StreamDecoder(Tokenizer tokenizer, boolean skipSpecials) {
    this.tokenizer = tokenizer;
    this.skipSpecials = skipSpecials;
  }

  /**
   * Takes the next id.
   *
   * @return the text that is certain now; empty while a character is incomplete
   */
  public String add(int id) {
    if (finished) {
      throw new IllegalStateException("this sequence is finished; open another stream");
    }
    if (size == window.length) {
      window = Arrays.copyOf(window, 2 * size);
    }
    window[size++] = id;
    boolean invisible = rawBytes && tokenizer.decode(new int[] {id}, skipSpecials).isEmpty();
    rawBytes = tokenizer.vocabulary().isRawByte(id) || invisible;
    if (rawBytes) {
      return "";
    }
    String text = decodedWindow();
    boolean more = text.length() > givenText.length() && text.startsWith(givenText);
    if (!more || text.charAt(text.length() - 1) == REPLACEMENT) {
      return "";
    }
    String piece = text.substring(givenText.length());
    // The next window starts at the previous border, so that it holds one piece of known text.
    System.arraycopy(window, given, window, 0, size - given);
    size -= given;
    given = size;
    givenText = decodedWindow();
    return piece;
  }

  /**
   * Ends the sequence.
   *
   * @return the text held back until now; U+FFFD where a character stayed incomplete
   */
  public String finish() {
    finished = true;
    String text = decodedWindow();
    int common = 0;
    while (common < Math.min(text.length(), givenText.length())
        && text.charAt(common) == givenText.charAt(common)) {
      common++;
    }
    return text.substring(common);
  }

  private String decodedWindow() {
    return tokenizer.decode(Arrays.copyOf(window, size), skipSpecials);
  }
}
