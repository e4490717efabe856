package io.lorgnette.method;

import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.vision.NfResNet;
import io.lorgnette.vision.NfResNetConfig;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

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

  /** The weights that the encoder starts with. */
  public enum Start {
    /** Drawn: the system. */
    SCRATCH,
    /** Those of the vision backbone, which gives the network too. */
    BACKBONE
  }

  private static final String ENCODER = "encoder";

  private final VisionEncoder encoder;
  private final Config sizes;

  /**
   * The recipe.
   *
   * @param embeddings words for each image
   * @param encoderStart the encoder's; the sizes below are of one from scratch
   * @param stem channels of the encoder's first convolution
   * @param depths blocks of its stages
   * @param channels of its stages
   * @param imageSize side of the square that pixels are averaged to before the encoder, where it is
   *     smaller than what the backbone's processor gives; 0 for that
   */
  public record Config(
      int embeddings,
      Start encoderStart,
      int stem,
      List<Integer> depths,
      List<Integer> channels,
      int imageSize,
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
              recipe.choice("encoder_start", Start.SCRATCH),
              recipe.integer("stem", published.stem()).atLeast(1),
              recipe.integers(
                  "depths", published.stages().stream().map(NfResNetConfig.Stage::depth).toList()),
              recipe.integers(
                  "channels",
                  published.stages().stream().map(NfResNetConfig.Stage::channels).toList()),
              recipe.integer("image_size", 0).between(0, 4096),
              recipe.choice("language_model", Language.FROZEN));
      recipe.check(
          read.imageSize == 0 || (read.imageSize >= 16 && read.encoderStart == Start.SCRATCH),
          "image_size",
          "is from 16 on and for an encoder from scratch, or 0");
      try {
        read.network(256);
      } catch (IllegalArgumentException e) {
        recipe.check(false, "channels", "and depths do not describe a network: " + e.getMessage());
      }
      return read;
    }

    /** The side of the images that the encoder sees of those that the processor gives. */
    private int side(int given) {
      return imageSize == 0 ? given : Math.min(given, imageSize);
    }

    private NfResNetConfig network(int pixels) {
      NfResNetConfig published = NfResNetConfig.nfResNet50();
      if (depths.size() != channels.size()) {
        throw new IllegalArgumentException("as many depths as channels are needed");
      }
      List<NfResNetConfig.Stage> stages = new ArrayList<>();
      for (int i = 0; i < depths.size(); i++) {
        stages.add(new NfResNetConfig.Stage(depths.get(i), channels.get(i)));
      }
      return new NfResNetConfig(
              pixels,
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
      return trainsEncoder() ? VisionEncoders.ONE : PixelEncoder.OUTPUT;
    }

    @Override
    public boolean trainsEncoder() {
      return encoderStart == Start.BACKBONE;
    }

    private LinearConfig linear(Pair pair) {
      int width = trainsEncoder() ? pair.encoder().width() : channels.get(channels.size() - 1);
      return LinearConfig.frozen(width, pair.language().width(), embeddings);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      TrainedPart encoder =
          trainsEncoder()
              ? TrainedPart.encoder(ENCODER + ".", ENCODER + ".", pair.encoder())
              : drawn(network(side(pair.encoder().width())));
      return tuning().parts(pair.language(), encoder, TrainedPart.mapper("mapper.", linear(pair)));
    }

    private TrainedPart drawn(NfResNetConfig network) {
      return TrainedPart.of(
          Part.Role.VISION_ENCODER,
          "NF-ResNet " + depths + " from scratch",
          ENCODER + ".",
          new KeyMap().addAllStored(ENCODER + ".", NfResNet.keys(network)),
          (backbones, seed) -> NfResNet.draw(network, seed, backbones.lm().device()));
    }

    private LanguageTuning tuning() {
      return switch (languageModel) {
        case FROZEN -> LanguageTuning.NONE;
        case FINETUNED -> new LanguageTuning.Whole();
        case SCRATCH -> new LanguageTuning.Scratch();
      };
    }

    @Override
    public Frozen of(Backbones backbones, Parameters trained) {
      return new Frozen(this, backbones, trained);
    }
  }

  private Frozen(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        config.linear(backbones.pair()).of(trained.own("mapper")),
        config.tuning());
    this.sizes = config;
    Parameters weights = trained.own(ENCODER);
    this.encoder =
        config.trainsEncoder()
            ? backbones.eyes().with(weights)
            : NfResNet.over(
                config.network(config.side(backbones.encoder().width())),
                weights,
                null,
                backbones.lm().device());
  }

  /** {@code [I, 3 S, S] -> [I, 1, C]}. */
  @Override
  protected Tensor view(Tensor features) {
    Tensor pixels = PixelEncoder.pixels(features);
    long side = sizes.side((int) pixels.size(2));
    return encoder.encode(
        side == pixels.size(2) ? pixels : torch.adaptive_avg_pool2d(pixels, side, side));
  }
}
