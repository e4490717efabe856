package io.lorgnette.method;

import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.vision.NfResNet;
import io.lorgnette.vision.NfResNetConfig;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Frozen (Tsimpoukelli et al. 2021): a vision encoder learns from scratch, through a frozen
 * language model, to write its image as two words.
 *
 * <pre>
 *   pixels [B, 3, S, S] -> NF-ResNet (trained) -> pooled [B, 1, C] -> linear (trained)
 *     -> prefix [B, 2, D] [prompt] [target] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>No code was released: the network is checked against timm's, sizes are those that METHODS
 * derives.
 */
public final class Frozen extends PrefixMethod {

  /** What happens to the language model; the paper's two controls train it. */
  public enum Language {
    /** As it is: the system. */
    FROZEN,
    /** Trained too: the control Frozen-finetuned. */
    FINETUNED,
    /** Trained too, and from nothing: the control Frozen-scratch. */
    SCRATCH
  }

  private static final String ENCODER = "encoder";

  private final Config config;
  private final Mapper mapper;
  private final VisionEncoder encoder;

  /**
   * The recipe.
   *
   * @param embeddings words for each image
   * @param stem channels of the encoder's first convolution
   * @param depths blocks of its stages
   * @param channels of its stages
   */
  public record Config(
      int embeddings,
      int stem,
      List<Integer> depths,
      List<Integer> channels,
      Language languageModel)
      implements MethodConfig {

    public Config {
      depths = List.copyOf(depths);
      channels = List.copyOf(channels);
    }

    static Config read(RecipeNode recipe) {
      NfResNetConfig published = NfResNetConfig.nfResNet50();
      Config read =
          new Config(
              recipe.integer("embeddings", 2).between(1, 1024),
              recipe.integer("stem", published.stem()).atLeast(1),
              recipe.integers(
                  "depths", published.stages().stream().map(NfResNetConfig.Stage::depth).toList()),
              recipe.integers(
                  "channels",
                  published.stages().stream().map(NfResNetConfig.Stage::channels).toList()),
              recipe.choice("language_model", Language.FROZEN));
      try {
        read.network(256);
      } catch (IllegalArgumentException e) {
        recipe.check(false, "channels", "and depths do not describe a network: " + e.getMessage());
      }
      return read;
    }

    private NfResNetConfig network(int imageSize) {
      NfResNetConfig published = NfResNetConfig.nfResNet50();
      if (depths.size() != channels.size()) {
        throw new IllegalArgumentException("as many depths as channels are needed");
      }
      List<NfResNetConfig.Stage> stages = new ArrayList<>();
      for (int i = 0; i < depths.size(); i++) {
        stages.add(new NfResNetConfig.Stage(depths.get(i), channels.get(i)));
      }
      return new NfResNetConfig(
              imageSize,
              stem,
              stages,
              published.alpha(),
              published.bottleneck(),
              published.epsilon(),
              0,
              stages.size())
          .withOutput("pooled");
    }

    @Override
    public MethodKind kind() {
      return MethodKind.FROZEN;
    }

    @Override
    public String output() {
      return PixelEncoder.OUTPUT;
    }

    private LinearConfig linear(Pair pair) {
      int width = channels.get(channels.size() - 1);
      return LinearConfig.frozen(width, pair.language().width(), embeddings);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      NfResNetConfig network = network(pair.encoder().width());
      KeyMap keys = new KeyMap().addAllStored(ENCODER + ".", NfResNet.keys(network));
      List<TrainedPart> parts = new ArrayList<>();
      parts.add(
          TrainedPart.of(
              Part.Role.VISION_ENCODER,
              "NF-ResNet " + depths + " from scratch",
              ENCODER + ".",
              keys,
              (backbones, seed) -> NfResNet.draw(network, seed, backbones.lm().device())));
      parts.add(TrainedPart.mapper("mapper.", linear(pair)));
      if (languageModel != Language.FROZEN) {
        parts.add(whole().part(pair.language()));
      }
      return parts;
    }

    private LanguageTuning whole() {
      return languageModel == Language.SCRATCH
          ? new LanguageTuning.Scratch()
          : new LanguageTuning.Whole();
    }

    @Override
    public Frozen of(Backbones backbones, Parameters trained) {
      return new Frozen(this, backbones, trained);
    }
  }

  private Frozen(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained);
    this.config = config;
    this.mapper = config.linear(backbones.pair()).of(trained.own("mapper"));
    this.encoder =
        NfResNet.over(
            config.network(backbones.encoder().width()),
            trained.own(ENCODER),
            null,
            backbones.lm().device());
  }

  @Override
  protected Tensor prefix(Tensor features, Dropout dropout) {
    Tensor pooled = encoder.encode(PixelEncoder.pixels(features)); // [I, 3 S, S] -> [I, 1, C]
    return mapper.map(pooled, dropout); // [I, 2, D]
  }

  @Override
  protected TextModel reader() {
    return config.languageModel == Language.FROZEN
        ? backbones().lm()
        : config.whole().apply(backbones().lm(), trained());
  }

  @Override
  public int imageLength() {
    return mapper.prefixLength();
  }
}
