package io.lorgnette.method;

import io.lorgnette.mapper.MaplMapper;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * MAPL (Mañas et al. 2023): a mapping network turns all tokens of a frozen vision encoder into a
 * short prefix, behind which a frozen language model writes.
 *
 * <pre>
 *   image -> encoder (frozen) -> features [B, N, Di]
 *                                   | mapper (trained)
 *                                 prefix [B, P, D] [prompt] [target] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>Ten steps of training are compared with the reference's.
 */
public final class Mapl extends PrefixMethod {

  /** MAPL's recipe. */
  public record Config(MaplSizes mapper) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(recipe.section("mapper", MaplSizes::read));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.MAPL;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", mapper.between(pair)));
    }

    @Override
    public Mapl of(Backbones backbones, Parameters trained) {
      return new Mapl(this, backbones, trained);
    }
  }

  private Mapl(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained, config.mapper.between(backbones.pair()).of(trained));
  }

  /**
   * A connector between its backbones; it owns the mapper from then on.
   *
   * @throws IllegalArgumentException if the mapper does not fit between them
   */
  public static Mapl of(Backbones backbones, MaplMapper mapper) {
    Config config = new Config(MaplSizes.of(mapper.config()));
    Pair pair = backbones.pair();
    if (!config.mapper.between(pair).equals(mapper.config())) {
      throw new IllegalArgumentException(
          "a mapper from width "
              + mapper.config().inputWidth()
              + " to "
              + mapper.config().outputWidth()
              + " does not fit between "
              + pair.encoder().name()
              + " (width "
              + pair.encoder().width()
              + ") and "
              + pair.language().name()
              + " (width "
              + pair.language().width()
              + ")");
    }
    return config.of(backbones, mapper.parameters());
  }
}
