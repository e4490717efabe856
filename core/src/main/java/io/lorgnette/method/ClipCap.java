package io.lorgnette.method;

import io.lorgnette.mapper.ClipCapMlpConfig;
import io.lorgnette.mapper.ClipCapTransformerConfig;
import io.lorgnette.mapper.MapperConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.vision.VisionEncoders;
import java.util.List;

/**
 * ClipCap (Mokady et al. 2021): the one embedding of an image becomes a prefix, by a transformer in
 * front of a frozen language model, or by two linear maps in front of one that is trained too.
 *
 * <pre>
 *   image -> CLIP (frozen) -> embedding [B, 1, Di] -> mapper (trained)
 *     -> prefix [B, K, D] [target] -> LM (frozen, or trained) -> loss
 * </pre>
 */
public final class ClipCap extends PrefixMethod {

  /** Which of the two published variants. */
  public enum Variant {
    /** A transformer, the language model frozen. */
    TRANSFORMER,
    /** Two linear maps, the language model trained. */
    MLP
  }

  /**
   * ClipCap's recipe.
   *
   * @param length K, embeddings for each image
   * @param layers of the transformer
   * @param heads of the transformer
   * @param normalized whether an image's embedding is divided by its length first
   * @param zeroIsPadding whether token 0 is never predicted, as in the published training, which
   *     pads with it: "!" in GPT-2's vocabulary
   */
  public record Config(
      Variant variant, int length, int layers, int heads, boolean normalized, boolean zeroIsPadding)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      Variant variant = recipe.choice("variant", Variant.TRANSFORMER);
      return new Config(
          variant,
          recipe.integer("length", 10).between(1, 1024),
          recipe.integer("layers", 8).between(1, 100),
          recipe.integer("heads", 8).atLeast(1),
          recipe.flag("normalized", variant == Variant.TRANSFORMER),
          recipe.flag("zero_is_padding", false));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.CLIP_CAP;
    }

    @Override
    public String output() {
      return VisionEncoders.ONE;
    }

    @Override
    public boolean learns(int token) {
      return !zeroIsPadding || token != 0;
    }

    private MapperConfig mapper(Pair pair) {
      int in = pair.encoder().width();
      int out = pair.language().width();
      return switch (variant) {
        case TRANSFORMER ->
            new ClipCapTransformerConfig(in, out, length, length, layers, heads, normalized);
        case MLP -> new ClipCapMlpConfig(in, out, length, normalized);
      };
    }

    private LanguageTuning tuning() {
      return variant == Variant.MLP ? new LanguageTuning.Whole() : LanguageTuning.NONE;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return tuning().parts(pair.language(), TrainedPart.mapper("mapper.", mapper(pair)));
    }

    @Override
    public ClipCap of(Backbones backbones, Parameters trained) {
      return new ClipCap(this, backbones, trained);
    }
  }

  private ClipCap(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.mapper(backbones.pair()).of(trained.own("mapper")),
        config.tuning());
  }
}
