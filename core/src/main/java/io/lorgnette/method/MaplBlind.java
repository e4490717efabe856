package io.lorgnette.method;

import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * MAPL-blind (Mañas et al. 2023): the same system trained without the image, which shows what the
 * words alone give. The paper does not say how the image is removed; here the mapper sees features
 * that are all zero, so that it has the same trained parameters and makes the same learned prefix
 * for every image.
 */
public final class MaplBlind extends PrefixMethod {

  /** MAPL-blind's recipe. */
  public record Config(MaplSizes mapper) implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(recipe.section("mapper", MaplSizes::read));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.MAPL_BLIND;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", mapper.between(pair)));
    }

    @Override
    public MaplBlind of(Backbones backbones, Parameters trained) {
      return new MaplBlind(this, backbones, trained);
    }
  }

  private MaplBlind(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained, config.mapper.between(backbones.pair()).of(trained));
  }

  @Override
  protected Tensor view(Tensor features) {
    return torch.zeros_like(features);
  }

  @Override
  protected boolean blind() {
    return true;
  }
}
