package io.lorgnette.method;

import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** A tensor that only the first stage has, under LAVIS' name. */
  private static final String FIRST_STAGE = "itm_head.weight";

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
          qformer.between(pair.encoder().width(), null), pair.language().width(), true);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", mapper(pair)));
    }

    /**
     * From a first stage, Lorgnette's or LAVIS': its queries, its image side and the norm of the
     * features; the map to the language model is drawn.
     */
    @Override
    public Optional<Method> startFrom(Checkpoint file, Backbones backbones, long seed) {
      return behindFirstStage(mapper(backbones.pair()), file, backbones, seed)
          .map(weights -> of(backbones, weights));
    }

    @Override
    public Blip2 of(Backbones backbones, Parameters trained) {
      return new Blip2(this, backbones, trained);
    }
  }

  /**
   * First weights whose queries, image side and norm are a first stage's, the rest drawn.
   *
   * @return or empty if the file is none
   */
  static Optional<Parameters> behindFirstStage(
      QFormerMapperConfig mapper, Checkpoint file, Backbones backbones, long seed) {
    if (!file.names().contains(FIRST_STAGE)) {
      return Optional.empty();
    }
    Blip2Origin.requireEncoder(file, backbones.encoder());
    Device device = backbones.lm().device();
    Map<String, Tensor> weights =
        new LinkedHashMap<>(mapper.create(seed, device).parameters().asMap());
    new QFormerMapperConfig(mapper.qformer().withText(null), mapper.outputWidth(), true)
        .eyesKeys()
        .read(file, Dtype.F32, device)
        .forEach((name, tensor) -> weights.put(name, tensor).close());
    return Optional.of(Parameters.of(weights));
  }

  private Blip2(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained, config.mapper(backbones.pair()).of(trained));
  }
}
