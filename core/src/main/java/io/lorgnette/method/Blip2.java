package io.lorgnette.method;

import io.lorgnette.mapper.Mapper;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * BLIP-2's second stage (Li et al. 2023): a Q-Former asks a frozen encoder with a few learned
 * queries, and what they have seen becomes the prefix of a frozen language model.
 *
 * <pre>
 *   features [B, N, Di] -> norm, Q-Former (trained) -> queries [B, Q, 768] -> linear (trained)
 *     -> prefix [B, Q, D] [prompt] [target] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>With an encoder-decoder the prefix and the prompt are read and the target is written. Started
 * from the first stage's weights, or without them: the control that the paper compares with.
 * Compared with LAVIS' loss and gradients for OPT.
 */
public final class Blip2 extends PrefixMethod {

  private final Mapper mapper;

  /** The recipe: sizes of the Q-Former; see {@link QFormerConfig}. */
  public record Config(QFormerSizes qformer) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(recipe.section("qformer", QFormerSizes::read));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.BLIP2;
    }

    /** OPT ends captions at a new line, others at their own end of text. */
    @Override
    public Wording wording(LanguageSpec language) {
      boolean opt = language.layers().family().equals("opt");
      String end = opt ? "\n" : Wording.END_OF_TEXT;
      return new Wording("", "", "Question: ", " Short answer:", "", end).in(language);
    }

    private QFormerMapperConfig mapper(Pair pair) {
      return new QFormerMapperConfig(
          qformer.between(pair.encoder()), pair.language().width(), true);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", mapper(pair)));
    }

    @Override
    public Blip2 of(Backbones backbones, Parameters trained) {
      return new Blip2(this, backbones, trained);
    }
  }

  /** Sizes of a Q-Former, all but the encoder's width. */
  public record QFormerSizes(
      int queries, int width, int layers, int heads, int hidden, int crossEvery, double dropout) {

    static QFormerSizes read(RecipeNode node) {
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

    QFormerConfig between(EncoderSpec encoder) {
      return new QFormerConfig(
          queries,
          width,
          layers,
          heads,
          hidden,
          crossEvery,
          encoder.width(),
          null,
          Activation.GELU,
          QFormerConfig.base(1).normEpsilon(),
          dropout);
    }
  }

  private Blip2(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained);
    this.mapper = config.mapper(backbones.pair()).of(trained);
  }

  @Override
  protected Tensor prefix(Tensor features, Dropout dropout) {
    return mapper.map(features, dropout);
  }

  @Override
  public int imageLength() {
    return mapper.prefixLength();
  }
}
