package io.lorgnette.mapper;

import io.lorgnette.nn.Activation;

/**
 * The Q-Former of BLIP-2 (Li et al. 2023), described: a BERT in which learned queries look at an
 * image, and which can read a text beside them.
 *
 * @param queries Q, learned vectors, each of which becomes one output
 * @param width d
 * @param layers blocks
 * @param heads h, a divisor of {@code width}
 * @param hidden width of both feed-forwards
 * @param crossEvery of so many layers the first looks at the image
 * @param imageWidth Di, width of the image's features
 * @param text what reading a text needs, or null for a Q-Former that only sees
 * @param activation of the feed-forwards
 * @param normEpsilon of layer norms
 * @param dropout share dropped in training, from 0 to below 1
 */
public record QFormerConfig(
    int queries,
    int width,
    int layers,
    int heads,
    int hidden,
    int crossEvery,
    int imageWidth,
    TextSide text,
    Activation activation,
    double normEpsilon,
    double dropout) {

  /**
   * What reading a text needs: tables of words and positions, and a feed-forward in every layer.
   *
   * @param vocabulary rows of the word table
   * @param positions tokens at most
   */
  public record TextSide(int vocabulary, int positions) {

    /** BERT's, as Hugging Face's BLIP-2 and InstructBLIP have it. */
    public static final TextSide BERT = new TextSide(30_522, 512);

    /** BERT's with one more token that begins a text to be written, as LAVIS has it. */
    public static final TextSide BERT_WITH_BEGIN = new TextSide(30_523, 512);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the one that does not fit
     */
    public TextSide {
      Checks.positive("vocabulary", vocabulary);
      Checks.positive("positions", positions);
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public QFormerConfig {
    Checks.positive("queries", queries);
    Checks.positive("width", width);
    Checks.layers(layers);
    Checks.heads("width", width, heads);
    Checks.positive("hidden", hidden);
    Checks.positive("crossEvery", crossEvery);
    Checks.positive("imageWidth", imageWidth);
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("normEpsilon must be above 0 but is " + normEpsilon);
    }
    Checks.dropout(dropout);
  }

  /** BLIP-2's sizes, those of BERT base, for an image encoder's width; it reads no text. */
  public static QFormerConfig base(int imageWidth) {
    return new QFormerConfig(
        32, 768, 12, 12, 3072, 2, imageWidth, null, Activation.GELU, 1e-12, 0.1);
  }

  /** The same that reads a text, or with null none. */
  public QFormerConfig withText(TextSide side) {
    return new QFormerConfig(
        queries,
        width,
        layers,
        heads,
        hidden,
        crossEvery,
        imageWidth,
        side,
        activation,
        normEpsilon,
        dropout);
  }

  /** Whether a layer looks at the image. */
  boolean looks(int layer) {
    return layer % crossEvery == 0;
  }

  /** Parameters, the queries included. */
  public long parameterCount() {
    return QFormerKeys.of(this, QFormerKeys.Form.BLIP2).parameterCount();
  }
}
