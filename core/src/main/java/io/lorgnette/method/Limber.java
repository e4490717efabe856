package io.lorgnette.method;

import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * LiMBeR (Merullo et al. 2023): one linear map between two frozen models, token by token.
 *
 * <pre>
 *   features [B, N, Di] -> linear, dropout (trained) -> prefix [B, N, D] [target] -> LM (frozen)
 * </pre>
 */
public final class Limber extends PrefixMethod {

  /**
   * LiMBeR's recipe.
   *
   * @param captionWords between an image and its caption: {@code A picture of} for the released
   *     weights, which were trained without words and are asked with them
   */
  public record Config(double dropout, String captionWords) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.number("dropout", 0.1).fromBelow(0.0, 1.0), recipe.text("caption_words", ""));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.LIMBER;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return new Wording("", "", "Q: ", " A:", captionWords, Wording.END_OF_TEXT).in(language);
    }

    private LinearConfig linear(Pair pair) {
      EncoderSpec encoder = pair.encoder();
      return LinearConfig.limber(encoder.width(), pair.language().width(), encoder.tokens())
          .withDropout(dropout);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", linear(pair)));
    }

    @Override
    public Limber of(Backbones backbones, Parameters trained) {
      return new Limber(this, backbones, trained);
    }
  }

  private Limber(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained, config.linear(backbones.pair()).of(trained));
  }
}
