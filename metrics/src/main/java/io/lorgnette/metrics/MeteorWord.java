package io.lorgnette.metrics;

/**
 * A word as METEOR compares it.
 *
 * @param text the word
 * @param hash {@link String#hashCode} of the word, which is all that METEOR compares; {@code as} is
 *     {@code c5}
 * @param stem that of its stem
 * @param synsets numbers of its meanings, ascending
 * @param paraphrased its number in the table of paraphrases, where words are told apart
 * @param isFunction whether it is a function word, which counts for less
 */
@SuppressWarnings("ArrayRecordComponent") // for speed; never compared
record MeteorWord(
    String text, int hash, int stem, int[] synsets, int paraphrased, boolean isFunction) {

  boolean sharesMeaning(MeteorWord other) {
    int i = 0;
    int j = 0;
    while (i < synsets.length && j < other.synsets.length) {
      int difference = Integer.compare(synsets[i], other.synsets[j]);
      if (difference == 0) {
        return true;
      }
      i += difference < 0 ? 1 : 0;
      j += difference > 0 ? 1 : 0;
    }
    return false;
  }
}
