package io.lorgnette.train;

import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.MapperConfig;
import io.lorgnette.recipe.RecipeNode;
import java.util.Map;

/** The mapper of a recipe: all its sizes but those that the backbones give. */
public sealed interface MapperSizes {

  /** The mapper between two widths. */
  MapperConfig between(int encoderWidth, int languageWidth);

  /** Reads the section of a recipe; the closed list of kinds. */
  static MapperSizes read(RecipeNode node) {
    return node.kind("kind", "mapl", Map.of("mapl", MaplSizes::read));
  }

  /** Sizes of {@link MaplConfig}; the defaults are the published ones. */
  record MaplSizes(
      int width,
      int prefixLength,
      int layers,
      int heads,
      int feedForward,
      double dropout,
      boolean bias)
      implements MapperSizes {

    static MaplSizes read(RecipeNode node) {
      MaplConfig published = MaplConfig.between(1, 1);
      int width = node.integer("width", published.width()).atLeast(1);
      int heads = node.integer("heads", published.heads()).between(1, width);
      node.check(width % heads == 0, "heads", "must divide mapper.width");
      return new MaplSizes(
          width,
          node.integer("prefix_length", published.prefixLength()).atLeast(1),
          node.integer("layers", published.layers()).atLeast(1),
          heads,
          node.integer("feed_forward", published.feedForward()).atLeast(1),
          node.number("dropout", published.dropout()).fromBelow(0.0, 1.0),
          node.flag("bias", published.bias()));
    }

    @Override
    public MapperConfig between(int encoderWidth, int languageWidth) {
      return new MaplConfig(
          encoderWidth,
          width,
          languageWidth,
          prefixLength,
          layers,
          heads,
          feedForward,
          dropout,
          bias);
    }
  }
}
