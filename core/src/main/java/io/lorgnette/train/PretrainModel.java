package io.lorgnette.train;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.TextInfilling;
import io.lorgnette.recipe.RecipeNode;
import java.util.Map;

/** A model that {@code lorgnette pretrain} makes: its kind and sizes. */
public sealed interface PretrainModel {

  /** Tokens of a text at most. */
  int positions();

  static PretrainModel read(RecipeNode node) {
    return node.kind("kind", "llama", Map.of("llama", Llama::read, "bart", Bart::read));
  }

  /**
   * A LLaMA with tied embeddings; it learns to predict the next token.
   *
   * @param hidden width of the feed-forward
   * @param positions tokens at most
   */
  record Llama(int width, int layers, int heads, int hidden, int positions)
      implements PretrainModel {

    static Llama read(RecipeNode node) {
      int width = node.integer("width").atLeast(8);
      int heads = divisor(node, width);
      node.check(width / heads % 2 == 0, "heads", "must leave an even number of dimensions a head");
      return new Llama(
          width,
          node.integer("layers").atLeast(1),
          heads,
          node.integer("hidden").atLeast(1),
          node.integer("positions", 512).atLeast(2));
    }

    /** The configuration for a vocabulary of this size. */
    public DecoderConfig config(int vocabulary) {
      return DecoderConfig.smallLlama(vocabulary, width, layers, heads, hidden, positions);
    }
  }

  /**
   * A BART with tied embeddings; it learns to write a text of which spans are masked.
   *
   * @param hidden width of the feed-forward
   * @param positions tokens at most, on each side
   * @param infilling how text is masked
   * @param mask the token in place of a span; one that the tokenizer lacks becomes its last
   */
  record Bart(
      int width,
      int encoderLayers,
      int decoderLayers,
      int heads,
      int hidden,
      int positions,
      TextInfilling infilling,
      String mask)
      implements PretrainModel {

    static Bart read(RecipeNode node) {
      int width = node.integer("width").atLeast(8);
      return new Bart(
          width,
          node.integer("encoder_layers").atLeast(1),
          node.integer("decoder_layers").atLeast(1),
          divisor(node, width),
          node.integer("hidden").atLeast(1),
          node.integer("positions", 512).atLeast(2),
          node.section("infilling", TextInfilling::read),
          node.text("mask", "<|mask|>"));
    }

    /**
     * The configuration for a vocabulary of this size, the mask among it.
     *
     * @param eos with which the decoder begins, as texts end
     */
    public EncoderDecoderConfig config(int vocabulary, int eos, int pad) {
      return EncoderDecoderConfig.smallBart(
          vocabulary, width, encoderLayers, decoderLayers, heads, hidden, positions, eos, pad);
    }
  }

  private static int divisor(RecipeNode node, int width) {
    int heads = node.integer("heads").between(1, width);
    node.check(width % heads == 0, "heads", "must divide model.width");
    return heads;
  }
}
