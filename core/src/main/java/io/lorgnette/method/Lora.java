package io.lorgnette.method;

import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * MAPL's mapping network and low-rank updates of the frozen language model behind it (LoRA, Hu et
 * al. 2022): what a user would pick today, beyond the lecture.
 */
public final class Lora extends PrefixMethod {

  /** The recipe. */
  public record Config(MaplSizes mapper, LanguageTuning.LowRankUpdates lowRank)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.section("mapper", MaplSizes::read),
          recipe.section("low_rank", LanguageTuning.LowRankUpdates::read));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.LORA;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return lowRank.parts(pair.language(), TrainedPart.mapper("mapper.", mapper.between(pair)));
    }

    @Override
    public Lora of(Backbones backbones, Parameters trained) {
      return new Lora(this, backbones, trained);
    }
  }

  private Lora(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.mapper.between(backbones.pair()).of(trained.own("mapper")),
        config.lowRank);
  }
}
