package io.lorgnette.method;

import io.lorgnette.mapper.MlpConfig;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * LLaVA-1.5's connector (Liu et al. 2024): two linear maps, patch by patch, in front of a frozen
 * language model in stage 1, of one that is trained too in stage 2.
 *
 * <pre>
 *   features [B, N, Di] -> linear, GELU, linear (trained) -> prefix [B, N, D] [prompt] [target]
 *     -> LM (frozen; in stage 2 trained) -> loss
 * </pre>
 */
public final class Llava extends PrefixMethod {

  /**
   * The recipe.
   *
   * @param depth linear maps; 1 in the first LLaVA
   * @param stage 1 or 2
   */
  public record Config(int depth, int stage) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.integer("depth", 2).between(1, 100), recipe.integer("stage", 1).between(1, 2));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.LLAVA;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return Wording.MAPL.in(language).endingIn(Wording.END_OF_TEXT);
    }

    private MlpConfig mlp(Pair pair) {
      EncoderSpec encoder = pair.encoder();
      return new MlpConfig(
          encoder.width(), pair.language().width(), encoder.tokens(), depth, Activation.GELU, true);
    }

    private LanguageTuning tuning() {
      return stage == 2 ? new LanguageTuning.Whole() : LanguageTuning.NONE;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return tuning().parts(pair.language(), TrainedPart.mapper("mapper.", mlp(pair)));
    }

    @Override
    public Llava of(Backbones backbones, Parameters trained) {
      return new Llava(this, backbones, trained);
    }
  }

  private Llava(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.mlp(backbones.pair()).of(trained.own("mapper")),
        config.tuning());
  }
}
