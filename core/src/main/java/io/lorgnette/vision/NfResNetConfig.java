package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Shape of a residual network without norms (Brock et al. 2021) as timm's {@code nf_resnet}: 7x7
 * stem with pooling, bottlenecks with pre-activation, ReLU.
 *
 * @param imageSize S, pixels
 * @param stem channels after the first convolution
 * @param stages the blocks, in order
 * @param alpha weight of a block's convolutions beside its shortcut
 * @param bottleneck width inside a block as a share of its output
 * @param epsilon added to the variance of the weights
 * @param classes outputs of the classifier; 0 if the checkpoint has none
 * @param output what the features are: a stage by its number, behind them {@code features} and then
 *     {@code pooled}
 */
public record NfResNetConfig(
    int imageSize,
    int stem,
    List<Stage> stages,
    double alpha,
    double bottleneck,
    double epsilon,
    int classes,
    int output)
    implements EncoderConfig {

  static final String MODEL_TYPE = "nf-resnet";

  private static final int MOST_BLOCKS = 1000;

  /**
   * Blocks of one resolution; the first of every stage but the first stage halves it.
   *
   * @param depth number of blocks
   * @param channels of their output, a multiple of 8
   */
  public record Stage(int depth, int channels) {
    public Stage {
      Sizes.layers("depth", depth);
      Sizes.positive("channels", channels);
      if (depth > MOST_BLOCKS || channels % 8 != 0) {
        throw new IllegalArgumentException(
            "a stage has at most "
                + MOST_BLOCKS
                + " blocks and a multiple of 8 channels, not "
                + depth
                + " and "
                + channels);
      }
    }
  }

  public NfResNetConfig {
    stages = List.copyOf(stages);
    Sizes.positive("image_size", imageSize);
    Sizes.positive("stem_chs", stem);
    Sizes.positive("number of stages", stages.size());
    Sizes.notNegative("num_classes", classes);
    if (!(alpha > 0) || !(bottleneck > 0) || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          "alpha, bottle_ratio and std_conv_eps must be above 0 but are "
              + alpha
              + ", "
              + bottleneck
              + " and "
              + epsilon);
    }
    if (output < 0 || output > stages.size() + 1) {
      throw new IllegalArgumentException("no output has the number " + output);
    }
  }

  /** nf_resnet26: 15,995,176 parameters with its classifier. */
  public static NfResNetConfig nfResNet26() {
    return published(2, 2, 2, 2);
  }

  /** nf_resnet50: 25,557,032 parameters with its classifier, 23,508,032 without. */
  public static NfResNetConfig nfResNet50() {
    return published(3, 4, 6, 3);
  }

  /** nf_resnet101: 44,549,160 parameters with its classifier. */
  public static NfResNetConfig nfResNet101() {
    return published(3, 4, 23, 3);
  }

  private static NfResNetConfig published(int... depths) {
    int[] channels = {256, 512, 1024, 2048};
    return new NfResNetConfig(
        256, 64, stages(depths, channels), 0.2, 0.25, 1e-5, 1000, channels.length);
  }

  private static List<Stage> stages(int[] depths, int[] channels) {
    if (depths.length != channels.length) {
      throw new IllegalArgumentException(
          "depths "
              + Arrays.toString(depths)
              + " and channels "
              + Arrays.toString(channels)
              + " differ in number");
    }
    return IntStream.range(0, depths.length)
        .mapToObj(i -> new Stage(depths[i], channels[i]))
        .toList();
  }

  /** The same network for images of another size. */
  public NfResNetConfig withImageSize(int pixels) {
    return new NfResNetConfig(pixels, stem, stages, alpha, bottleneck, epsilon, classes, output);
  }

  /** The same network with a classifier for another number of classes, or with 0 without. */
  public NfResNetConfig withClasses(int count) {
    return new NfResNetConfig(imageSize, stem, stages, alpha, bottleneck, epsilon, count, output);
  }

  /**
   * The same network with the output that has the {@linkplain #outputName name}.
   *
   * @throws InputException if none has
   */
  public NfResNetConfig withOutput(String name) {
    for (int i = 0; i <= stages.size() + 1; i++) {
      NfResNetConfig other =
          new NfResNetConfig(imageSize, stem, stages, alpha, bottleneck, epsilon, classes, i);
      if (other.outputName().equals(name)) {
        return other;
      }
    }
    throw new InputException(
        "this NF-ResNet has no output '"
            + name
            + "'; choose pooled, features or stage0 to stage"
            + (stages.size() - 1));
  }

  /**
   * {@code features} for all places of the last map, {@code pooled} for their mean, or {@code
   * stage0}, {@code stage1}, ...
   */
  @Override
  public String outputName() {
    if (isPooled()) {
      return "pooled";
    }
    return output == stages.size() ? "features" : "stage" + output;
  }

  boolean isPooled() {
    return output == stages.size() + 1;
  }

  /** Di. */
  public int width() {
    return stages.get(Math.min(output, stages.size() - 1)).channels();
  }

  /** N. */
  @Override
  public int tokens() {
    if (isPooled()) {
      return 1;
    }
    int side = half(half(imageSize));
    for (int i = 1; i < stages.size() && i <= output; i++) {
      side = half(side);
    }
    return side * side;
  }

  @Override
  public long multiplyAdds() {
    return NfResNetLayout.of(this).multiplyAdds(imageSize, output);
  }

  private static int half(int side) {
    return (side + 1) / 2;
  }

  /** Parameters of the network, its classifier included. */
  @Override
  public long parameterCount() {
    return NfResNetLayout.of(this).keys().parameterCount();
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    return new EncoderShape(describe(), imageSize, tokens(), width(), width(), parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    StringBuilder text = new StringBuilder("nf-resnet " + imageSize + "px stem" + stem);
    for (Stage stage : stages) {
      text.append(String.format(Locale.ROOT, " r%d_c%d", stage.depth(), stage.channels()));
    }
    return text + " alpha " + alpha + " bottleneck " + bottleneck + " eps " + epsilon;
  }

  /**
   * From timm's {@code config.json}, which names the architecture, or from one that has timm's
   * settings themselves.
   *
   * @param imageSize S
   */
  static NfResNetConfig from(ConfigFile file, int imageSize) {
    if (file.has("architecture")) {
      return architecture(file)
          .withImageSize(imageSize)
          .withClasses(file.integer("num_classes", 1000));
    }
    file.onlyKeys(
        Set.of(
            "model_type",
            "image_size",
            "depths",
            "channels",
            "stem_chs",
            "alpha",
            "bottle_ratio",
            "act",
            "std_conv_eps",
            "num_classes",
            "output"));
    if (!file.text("act", "relu").equals("relu")) {
      throw file.wrong("act", "is " + file.text("act"), "relu");
    }
    try {
      List<Stage> stages = stages(file.integers("depths"), file.integers("channels"));
      return new NfResNetConfig(
              imageSize,
              file.integer("stem_chs"),
              stages,
              file.number("alpha"),
              file.number("bottle_ratio"),
              file.number("std_conv_eps"),
              file.integer("num_classes"),
              stages.size())
          .withOutput(file.text("output", "features"));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  private static NfResNetConfig architecture(ConfigFile file) {
    return switch (file.text("architecture")) {
      case "nf_resnet26" -> nfResNet26();
      case "nf_resnet50" -> nfResNet50();
      case "nf_resnet101" -> nfResNet101();
      default ->
          throw file.wrong(
              "architecture",
              "is " + file.text("architecture"),
              "nf_resnet26, nf_resnet50 or nf_resnet101");
    };
  }
}
