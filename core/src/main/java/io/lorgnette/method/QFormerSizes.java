package io.lorgnette.method;

import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.recipe.RecipeNode;

/**
 * A Q-Former as a recipe describes it: all its sizes but those that the encoder and the tokenizer
 * give; see {@link QFormerConfig}.
 */
public record QFormerSizes(
    int queries, int width, int layers, int heads, int hidden, int crossEvery, double dropout) {

  /**
   * Reads its keys, published sizes where they are absent; the section may have more of its own.
   */
  public static QFormerSizes read(RecipeNode node) {
    QFormerConfig base = QFormerConfig.base(1);
    int width = node.integer("width", base.width()).atLeast(1);
    int heads = node.integer("heads", base.heads()).between(1, width);
    node.check(width % heads == 0, "heads", "must divide qformer.width");
    return new QFormerSizes(
        node.integer("queries", base.queries()).atLeast(1),
        width,
        node.integer("layers", base.layers()).between(1, 1000),
        heads,
        node.integer("hidden", base.hidden()).atLeast(1),
        node.integer("cross_every", base.crossEvery()).atLeast(1),
        node.number("dropout", base.dropout()).fromBelow(0.0, 1.0));
  }

  /**
   * All sizes.
   *
   * @param imageWidth of the encoder
   * @param text what reading a text needs, or null
   */
  public QFormerConfig between(int imageWidth, TextSide text) {
    QFormerConfig base = QFormerConfig.base(imageWidth);
    return new QFormerConfig(
        queries,
        width,
        layers,
        heads,
        hidden,
        crossEvery,
        imageWidth,
        text,
        base.activation(),
        base.normEpsilon(),
        dropout);
  }
}
