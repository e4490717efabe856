package io.lorgnette.metrics;

/** How captions become the words that are scored. */
public enum CaptionTokens {
  /** Penn Treebank tokens, as in the COCO evaluation. */
  PTB(PtbTokenizer.VARIANT) {
    @Override
    String apply(String caption) {
      return PtbTokenizer.tokenize(caption);
    }
  },
  /** The captions are tokenised already: words between white space. */
  WHITESPACE("white space") {
    @Override
    String apply(String caption) {
      return caption;
    }
  };

  private final String variant;

  CaptionTokens(String variant) {
    this.variant = variant;
  }

  /** What to publish with a score. */
  public String variant() {
    return variant;
  }

  /** The tokenised caption, words separated by blanks. */
  abstract String apply(String caption);
}
