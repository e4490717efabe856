package io.lorgnette.method;

import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * Fine-tuning the whole language model (the lecture's first approach): MAPL's mapping network in
 * front of it, and all its weights trained with it. The model may be an encoder-decoder.
 */
public final class FineTune extends PrefixMethod {

  private static final LanguageTuning WHOLE = new LanguageTuning.Whole();

  /**
   * The recipe.
   *
   * @param languageRate the language model's learning rate as a share of the run's
   */
  public record Config(MaplSizes mapper, double languageRate) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.section("mapper", MaplSizes::read),
          recipe.number("language_rate", 0.1).atLeast(0.0));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.FINE_TUNE;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return WHOLE.parts(pair.language(), TrainedPart.mapper("mapper.", mapper.between(pair)));
    }

    @Override
    public double rate(String name) {
      return name.startsWith(LanguageTuning.PREFIX) ? languageRate : 1;
    }

    @Override
    public FineTune of(Backbones backbones, Parameters trained) {
      return new FineTune(this, backbones, trained);
    }
  }

  private FineTune(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.mapper.between(backbones.pair()).of(trained.own("mapper")),
        WHOLE);
  }
}
