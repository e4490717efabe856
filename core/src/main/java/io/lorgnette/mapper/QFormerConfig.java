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

  private static final int MAX_LAYERS = 1000;

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
      positive("vocabulary", vocabulary);
      positive("positions", positions);
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public QFormerConfig {
    positive("queries", queries);
    positive("width", width);
    positive("layers", layers);
    positive("heads", heads);
    positive("hidden", hidden);
    positive("crossEvery", crossEvery);
    positive("imageWidth", imageWidth);
    if (layers > MAX_LAYERS) {
      throw new IllegalArgumentException(layers + " layers are more than any model has");
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException("width " + width + " is no multiple of heads " + heads);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("normEpsilon must be above 0 but is " + normEpsilon);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be from 0 to below 1 but is " + dropout);
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but is " + value);
    }
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
