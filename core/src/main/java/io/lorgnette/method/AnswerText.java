package io.lorgnette.method;

import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.OpenBatch.Token;
import io.lorgnette.text.StopStrings;
import io.lorgnette.text.StreamDecoder;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of an answer as its tokens come: without blanks at its beginning, cut before a stop
 * string, and for answers without the full stop at which they end. Belongs to one thread.
 */
public final class AnswerText {

  /**
   * Text that has become certain.
   *
   * @param tokens that have become part of the answer, whether or not their text is in this piece
   */
  public record Piece(String text, List<Token> tokens) {

    /** Whether nothing has become certain. */
    public boolean isEmpty() {
      return text.isEmpty() && tokens.isEmpty();
    }
  }

  private final StreamDecoder decoder;
  private final StopStrings stops;
  private final int end;
  private final boolean caption;
  private Token held; // an end token that may be the last
  private boolean begun;

  /**
   * An answer without a token yet.
   *
   * @param stops strings at which it ends
   * @param end the token at which answers end
   * @param caption whether it belongs to the text
   */
  public AnswerText(Tokenizer tokenizer, List<String> stops, int end, boolean caption) {
    this.decoder = tokenizer.stream(true);
    this.stops = new StopStrings(stops);
    this.end = end;
    this.caption = caption;
  }

  /** Takes the next token. */
  public Piece add(Token token) {
    List<Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder(release(tokens));
    if (!caption && token.id() == end) {
      held = token;
    } else {
      tokens.add(token);
      text.append(stops.add(decoder.add(token.id())));
    }
    return piece(text.toString(), tokens);
  }

  /** Ends the answer. */
  public Piece end(Finish finish) {
    List<Token> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    if (finish == Finish.EOS) {
      held = null;
    } else {
      text.append(release(tokens));
    }
    text.append(stops.add(decoder.finish())).append(stops.finish());
    return piece(text.toString(), tokens);
  }

  private String release(List<Token> tokens) {
    if (held == null) {
      return "";
    }
    Token token = held;
    held = null;
    tokens.add(token);
    return stops.add(decoder.add(token.id()));
  }

  private Piece piece(String text, List<Token> tokens) {
    String shown = begun ? text : text.stripLeading();
    begun |= !shown.isEmpty();
    return new Piece(shown, tokens);
  }
}
