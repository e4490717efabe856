package io.lorgnette.vision;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Shape of an EfficientNet-lite: EfficientNet (Tan and Le 2019) without squeeze-and-excitation,
 * with ReLU6.
 *
 * @param imageSize S, pixels
 * @param stem channels after the first convolution
 * @param stages the blocks, in order
 * @param head channels of the last convolution
 * @param classes outputs of the classifier; 0 if the checkpoint has none
 * @param padding how convolutions pad
 * @param normEpsilon added to the variance in batch norms
 * @param folded whether the checkpoint's batch norms are already folded into the convolutions,
 *     which then have biases
 * @param output the stage whose output is the features; the number of stages means after the head
 */
public record EfficientNetLiteConfig(
    int imageSize,
    int stem,
    List<Stage> stages,
    int head,
    int classes,
    Padding padding,
    double normEpsilon,
    boolean folded,
    int output)
    implements EncoderConfig {

  /** Kinds of blocks. */
  public enum Kind {
    /** Depthwise-separable: depthwise, then pointwise. */
    DS,
    /** Inverted residual: pointwise expansion, depthwise, pointwise projection. */
    IR
  }

  /** How convolutions pad their input with zeros. */
  public enum Padding {
    /** The same number on both sides, as PyTorch's own models. */
    SYMMETRIC,
    /** TensorFlow's {@code SAME}: the odd one at the right and bottom. */
    SAME
  }

  /**
   * Blocks of one resolution.
   *
   * @param repeats number of blocks
   * @param kernel side of the depthwise convolution
   * @param stride of the first block
   * @param expand width of the hidden layer in multiples of the input, then made a multiple of 8; 1
   *     for {@link Kind#DS}
   * @param channels of the output
   */
  public record Stage(Kind kind, int repeats, int kernel, int stride, int expand, int channels) {
    public Stage {
      positive("repeats", repeats);
      positive("stride", stride);
      positive("expand", expand);
      positive("channels", channels);
      if (kernel < 1 || kernel % 2 == 0) {
        throw new IllegalArgumentException("kernel must be odd but is " + kernel);
      }
      if (kind == Kind.DS && expand != 1) {
        throw new IllegalArgumentException("a ds stage can not expand but expand is " + expand);
      }
    }
  }

  public EfficientNetLiteConfig {
    stages = List.copyOf(stages);
    positive("image_size", imageSize);
    positive("stem", stem);
    positive("head", head);
    positive("number of stages", stages.size());
    if (classes < 0) {
      throw new IllegalArgumentException("num_classes must not be negative but is " + classes);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("bn_eps must be above 0 but is " + normEpsilon);
    }
    if (output < 0 || output > stages.size()) {
      throw new IllegalArgumentException(
          "output must be a stage from 0 to " + (stages.size() - 1) + " or features");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1 but is " + value);
    }
  }

  private static final List<Stage> LITE0 =
      List.of(
          new Stage(Kind.DS, 1, 3, 1, 1, 16),
          new Stage(Kind.IR, 2, 3, 2, 6, 24),
          new Stage(Kind.IR, 2, 5, 2, 6, 40),
          new Stage(Kind.IR, 3, 3, 2, 6, 80),
          new Stage(Kind.IR, 3, 5, 1, 6, 112),
          new Stage(Kind.IR, 4, 5, 2, 6, 192),
          new Stage(Kind.IR, 1, 3, 1, 6, 320));

  /**
   * The published sizes, as trained in TensorFlow: lite0 4.7, lite1 5.4, lite2 6.1, lite3 8.2,
   * lite4 13.0 million parameters with the ImageNet classifier.
   *
   * @param size 0 to 4
   */
  public static EfficientNetLiteConfig lite(int size) {
    double[] widths = {1.0, 1.0, 1.1, 1.2, 1.4};
    double[] depths = {1.0, 1.1, 1.2, 1.4, 1.8};
    int[] images = {224, 240, 260, 280, 300};
    if (size < 0 || size >= widths.length) {
      throw new IllegalArgumentException("sizes are lite0 to lite4, not lite" + size);
    }
    List<Stage> scaled = new ArrayList<>();
    for (Stage stage : LITE0) {
      // The lite variants leave stem, head and the depth of the first and last stage alone.
      boolean edge = scaled.isEmpty() || scaled.size() == LITE0.size() - 1;
      int repeats = edge ? stage.repeats() : (int) Math.ceil(stage.repeats() * depths[size]);
      scaled.add(
          new Stage(
              stage.kind(),
              repeats,
              stage.kernel(),
              stage.stride(),
              stage.expand(),
              rounded(stage.channels() * widths[size])));
    }
    return new EfficientNetLiteConfig(
        images[size], 32, scaled, 1280, 1000, Padding.SAME, 1e-3, false, LITE0.size());
  }

  /** To a multiple of 8, never more than a tenth down: every computed width is made so. */
  static int rounded(double channels) {
    int nearest = Math.max(8, (int) (channels + 4) / 8 * 8);
    return nearest < 0.9 * channels ? nearest + 8 : nearest;
  }

  /** The same network with another choice of output. */
  public EfficientNetLiteConfig withOutput(int stage) {
    return new EfficientNetLiteConfig(
        imageSize, stem, stages, head, classes, padding, normEpsilon, folded, stage);
  }

  /**
   * The same network with the output that has the {@linkplain #outputName name}.
   *
   * @throws InputException if none has
   */
  public EfficientNetLiteConfig withOutput(String name) {
    for (int i = 0; i <= stages.size(); i++) {
      if (withOutput(i).outputName().equals(name)) {
        return withOutput(i);
      }
    }
    throw new InputException(
        "this EfficientNet-lite has no output '"
            + name
            + "'; choose features or stage0 to stage"
            + (stages.size() - 1));
  }

  /** The same network for checkpoints whose norms are folded, or are not. */
  public EfficientNetLiteConfig withFolded(boolean isFolded) {
    return new EfficientNetLiteConfig(
        imageSize, stem, stages, head, classes, padding, normEpsilon, isFolded, output);
  }

  /** {@code features} or {@code stage0}, {@code stage1}, ... */
  @Override
  public String outputName() {
    return output == stages.size() ? "features" : "stage" + output;
  }

  /** Di. */
  public int width() {
    return output == stages.size() ? head : stages.get(output).channels();
  }

  /** N, all places of the feature map. */
  @Override
  public int tokens() {
    int side = (imageSize + 1) / 2;
    for (int i = 0; i < stages.size() && i <= output; i++) {
      side = (side + stages.get(i).stride() - 1) / stages.get(i).stride();
    }
    return side * side;
  }

  /** Parameters of the published network with its classifier, batch norms not folded. */
  @Override
  public long parameterCount() {
    long count = (long) classes * (head + 1);
    for (EfficientNetLiteLayout.Conv conv : EfficientNetLiteLayout.of(this).convolutions()) {
      count += conv.weightCount() + 2L * conv.out();
    }
    return count;
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    return new EncoderShape(describe(), imageSize, tokens(), width(), width(), parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    StringBuilder text = new StringBuilder("efficientnet-lite " + imageSize + "px stem" + stem);
    for (Stage s : stages) {
      text.append(
          String.format(
              Locale.ROOT,
              " %s_r%d_k%d_s%d_e%d_c%d",
              s.kind().name().toLowerCase(Locale.ROOT),
              s.repeats(),
              s.kernel(),
              s.stride(),
              s.expand(),
              s.channels()));
    }
    return text.append(" head")
        .append(head)
        .append(" padding ")
        .append(padding.name().toLowerCase(Locale.ROOT))
        .append(" eps ")
        .append(normEpsilon)
        .toString();
  }

  /**
   * From timm's {@code config.json}, which names the architecture, or from one that lists the
   * stages.
   *
   * @param imageSize S
   */
  static EfficientNetLiteConfig from(ConfigFile file, int imageSize) {
    if (TimmConfig.is(file)) {
      return TimmConfig.efficientNetLite(file, imageSize);
    }
    file.onlyKeys(
        Set.of(
            "model_type",
            "image_size",
            "stem",
            "stages",
            "head",
            "num_classes",
            "act",
            "padding",
            "bn_eps",
            "folded",
            "output"));
    if (!file.text("act").equals("relu6")) {
      throw file.wrong("act", "is " + file.text("act"), "relu6");
    }
    List<Stage> stages = new ArrayList<>();
    for (ConfigFile stage : file.objects("stages")) {
      stages.add(stage(stage));
    }
    try {
      return new EfficientNetLiteConfig(
              imageSize,
              file.integer("stem"),
              stages,
              file.integer("head"),
              file.integer("num_classes"),
              padding(file),
              file.number("bn_eps"),
              file.flag("folded", false),
              stages.size())
          .withOutput(file.text("output", "features"));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  private static Stage stage(ConfigFile file) {
    file.onlyKeys(Set.of("kind", "repeats", "kernel", "stride", "expand", "channels"));
    Kind kind =
        switch (file.text("kind")) {
          case "ds" -> Kind.DS;
          case "ir" -> Kind.IR;
          default -> throw file.wrong("kind", "is " + file.text("kind"), "ds or ir");
        };
    try {
      return new Stage(
          kind,
          file.integer("repeats"),
          file.integer("kernel"),
          file.integer("stride"),
          file.integer("expand"),
          file.integer("channels"));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  private static Padding padding(ConfigFile file) {
    return switch (file.text("padding", "symmetric")) {
      case "symmetric" -> Padding.SYMMETRIC;
      case "same" -> Padding.SAME;
      default -> throw file.wrong("padding", "is " + file.text("padding"), "symmetric or same");
    };
  }

  @Override
  public long multiplyAdds() {
    return EfficientNetLiteLayout.of(this).multiplyAdds(imageSize, output);
  }

  /** As the text of a {@code config.json}. */
  String toJson() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("model_type", VisionEncoders.EFFICIENTNET_LITE);
    root.put("image_size", imageSize);
    root.put("stem", stem);
    ArrayNode list = root.putArray("stages");
    for (Stage stage : stages) {
      list.addObject()
          .put("kind", stage.kind().name().toLowerCase(Locale.ROOT))
          .put("repeats", stage.repeats())
          .put("kernel", stage.kernel())
          .put("stride", stage.stride())
          .put("expand", stage.expand())
          .put("channels", stage.channels());
    }
    root.put("head", head);
    root.put("num_classes", classes);
    root.put("act", "relu6");
    root.put("padding", padding.name().toLowerCase(Locale.ROOT));
    root.put("bn_eps", normEpsilon);
    root.put("folded", folded);
    root.put("output", outputName());
    return root.toPrettyString() + "\n";
  }
}
