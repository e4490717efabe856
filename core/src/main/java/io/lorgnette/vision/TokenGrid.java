package io.lorgnette.vision;

import java.util.Optional;

/**
 * How visual tokens lie on the square that an encoder sees: row by row from the top left.
 *
 * @param leading tokens before the first place, such as a class token
 * @param rows of places
 * @param columns of places
 */
public record TokenGrid(int leading, int rows, int columns) {

  /**
   * The square grid of so many tokens; empty where those behind the leading ones are no square
   * number above 1, so that they are no places.
   */
  static Optional<TokenGrid> square(int tokens, int leading) {
    int places = tokens - leading;
    int side = (int) Math.round(Math.sqrt((double) Math.max(0, places)));
    return side > 1 && side * side == places
        ? Optional.of(new TokenGrid(leading, side, side))
        : Optional.empty();
  }
}
