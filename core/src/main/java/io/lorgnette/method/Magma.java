package io.lorgnette.method;

import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.VisionEncoder;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * MAGMA (Eichenberg et al. 2022): visual tokens mapped one by one to a prefix, adapters in every
 * layer of a frozen language model, and the vision encoder trained with them at a rate of its own.
 *
 * <pre>
 *   pixels -> encoder (trained slowly) -> features [B, N, Di] -> linear, dropout, norm (trained)
 *     -> prefix [B, N, D] [prompt] [target] -> LM (frozen) with adapters (trained) -> loss
 * </pre>
 *
 * <p>Adapters and prefix are checked against the published modules, values and gradients. Batch
 * norms of the encoder are trained folded into its convolutions, with the statistics that they came
 * with.
 */
public final class Magma extends PrefixMethod {

  private static final String ENCODER = "encoder";

  private static final Wording WORDING = new Wording("", "", "Q: ", " A:", "", Wording.END_OF_TEXT);

  private final VisionEncoder encoder; // null where features come from a frozen one

  /**
   * The recipe.
   *
   * @param encoderRate the encoder's learning rate as a share of the run's; 0 leaves it frozen
   */
  public record Config(LanguageTuning.Bottlenecks adapters, double dropout, double encoderRate)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.section("adapters", LanguageTuning.Bottlenecks::read),
          recipe.number("dropout", 0.1).fromBelow(0.0, 1.0),
          recipe.number("encoder_rate", 2e-6 / 8e-4).atLeast(0.0));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.MAGMA;
    }

    @Override
    public boolean trainsEncoder() {
      return encoderRate > 0;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return WORDING;
    }

    private LinearConfig linear(Pair pair) {
      EncoderSpec encoder = pair.encoder();
      LinearConfig magma =
          LinearConfig.magma(encoder.width(), pair.language().width(), encoder.tokens());
      return magma.withDropout(dropout);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      TrainedPart prefix = TrainedPart.mapper("mapper.", linear(pair));
      return trainsEncoder()
          ? adapters.parts(
              pair.language(),
              TrainedPart.encoder(ENCODER + ".", "image_prefix.enc.", pair.encoder()),
              prefix)
          : adapters.parts(pair.language(), prefix);
    }

    @Override
    public double rate(String name) {
      return name.startsWith(ENCODER + ".") ? encoderRate : 1;
    }

    @Override
    public Magma of(Backbones backbones, Parameters trained) {
      return new Magma(this, backbones, trained);
    }
  }

  private Magma(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.linear(backbones.pair()).of(trained.own("mapper")),
        config.adapters);
    this.encoder = config.trainsEncoder() ? backbones.eyes().with(trained.own(ENCODER)) : null;
  }

  @Override
  protected Tensor view(Tensor features) {
    return encoder == null ? features : encoder.encode(PixelEncoder.pixels(features));
  }
}
