package io.lorgnette.explain;

import io.lorgnette.text.StreamDecoder;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of tokens: each begins at a token with a blank before it, and the last is the token
 * that ends the text.
 */
final class SpokenWords {

  /**
   * A word.
   *
   * @param text without blanks around it; may be empty for an end that is not written
   * @param from its first token
   * @param to behind its last token
   */
  record Span(String text, int from, int to) {

    /** The sum of its tokens' values. */
    double sum(float[] values) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += values[i];
      }
      return sum;
    }
  }

  private SpokenWords() {}

  /**
   * Cuts tokens into words.
   *
   * @param stop the token that ends texts
   */
  static List<Span> of(Tokenizer tokenizer, int[] ids, int stop) {
    List<Span> spans = new ArrayList<>();
    StreamDecoder decoder = tokenizer.stream(true);
    StringBuilder word = new StringBuilder();
    int from = 0;
    for (int i = 0; i < ids.length; i++) {
      String piece = decoder.add(ids[i]);
      boolean ends = i == ids.length - 1 && ids[i] == stop;
      boolean begins = !piece.isEmpty() && Character.isWhitespace(piece.charAt(0));
      if (i > from && (begins || ends)) {
        spans.add(new Span(word.toString().strip(), from, i));
        word.setLength(0);
        from = i;
      }
      word.append(piece);
    }
    word.append(decoder.finish());
    spans.add(new Span(word.toString().strip(), from, ids.length));
    return spans;
  }
}
