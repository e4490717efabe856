package io.lorgnette.text;

import java.util.Arrays;

/**
 * Token ids brought to one length.
 *
 * @param ids {@code [T]}, filled on the right
 * @param mask {@code [T]}, 1 where {@code ids} holds text or special tokens, 0 where it was filled
 */
@SuppressWarnings("ArrayRecordComponent") // Plain carriers of numbers on the way to a tensor.
public record PaddedIds(int[] ids, int[] mask) {

  /** How many tokens are no padding. */
  public int real() {
    return Arrays.stream(mask).sum();
  }

  /** Cuts the text (never the special tokens around it) or fills up with {@code padId}. */
  static PaddedIds fit(int[] ids, int[] specials, int length, int padId) {
    int added = Arrays.stream(specials).sum();
    if (length < added) {
      throw new IllegalArgumentException(
          "a length of " + length + " has no room for " + added + " special tokens");
    }
    int room = length - added;
    int[] out = new int[length];
    Arrays.fill(out, padId);
    int n = 0;
    for (int i = 0; i < ids.length; i++) {
      if (specials[i] == 1) {
        out[n++] = ids[i];
      } else if (room > 0) {
        out[n++] = ids[i];
        room--;
      }
    }
    int[] mask = new int[length];
    Arrays.fill(mask, 0, n, 1);
    return new PaddedIds(out, mask);
  }
}
