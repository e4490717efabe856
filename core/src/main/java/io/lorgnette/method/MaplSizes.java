package io.lorgnette.method;

import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.recipe.RecipeNode;

/**
 * MAPL's mapping network, all its sizes but those that the backbones give; see {@link MaplConfig}.
 */
public record MaplSizes(
    int width,
    int prefixLength,
    int layers,
    int heads,
    int feedForward,
    double dropout,
    boolean bias) {

  /** The published sizes. */
  public static final MaplSizes PUBLISHED = of(MaplConfig.between(1, 1));

  /** The sizes of a network. */
  public static MaplSizes of(MaplConfig config) {
    return new MaplSizes(
        config.width(),
        config.prefixLength(),
        config.layers(),
        config.heads(),
        config.feedForward(),
        config.dropout(),
        config.bias());
  }

  static MaplSizes read(RecipeNode node) {
    int width = node.integer("width", PUBLISHED.width).atLeast(1);
    int heads = node.integer("heads", PUBLISHED.heads).between(1, width);
    node.check(width % heads == 0, "heads", "must divide mapper.width");
    return new MaplSizes(
        width,
        node.integer("prefix_length", PUBLISHED.prefixLength).atLeast(1),
        node.integer("layers", PUBLISHED.layers).atLeast(1),
        heads,
        node.integer("feed_forward", PUBLISHED.feedForward).atLeast(1),
        node.number("dropout", PUBLISHED.dropout).fromBelow(0.0, 1.0),
        node.flag("bias", PUBLISHED.bias));
  }

  /** The network between two backbones. */
  MaplConfig between(Pair pair) {
    return new MaplConfig(
        pair.encoder().width(),
        width,
        pair.language().width(),
        prefixLength,
        layers,
        heads,
        feedForward,
        dropout,
        bias);
  }
}
