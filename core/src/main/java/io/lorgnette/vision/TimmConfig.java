package io.lorgnette.vision;

import io.lorgnette.image.Filter;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageStep;
import io.lorgnette.image.Normalization;
import io.lorgnette.vision.EfficientNetLiteConfig.Padding;
import java.util.List;

/**
 * The {@code config.json} of timm: it names an {@code architecture} instead of its sizes, and says
 * under {@code pretrained_cfg} what its pixels are, since there is no {@code
 * preprocessor_config.json}.
 */
final class TimmConfig {

  private static final String PIXELS = "pretrained_cfg";

  private TimmConfig() {}

  static boolean is(ConfigFile file) {
    return file.has("architecture");
  }

  /** The kind of encoder that an architecture is. */
  static String kind(ConfigFile file) {
    String name = file.text("architecture");
    if (name.startsWith("nf_resnet")) {
      return NfResNetConfig.MODEL_TYPE;
    }
    if (name.matches("(tf_)?efficientnet_lite\\d+")) {
      return VisionEncoders.EFFICIENTNET_LITE;
    }
    throw file.wrong(
        "architecture",
        "is " + name,
        "nf_resnet26, nf_resnet50, nf_resnet101, efficientnet_lite0 to efficientnet_lite4, or the"
            + " latter with tf_ before them");
  }

  /** Weights that came from TensorFlow pad and norm as it does; timm's own do not. */
  static EfficientNetLiteConfig efficientNetLite(ConfigFile file, int imageSize) {
    String name = file.text("architecture");
    boolean tensorFlow = name.startsWith("tf_");
    try {
      EfficientNetLiteConfig lite =
          EfficientNetLiteConfig.lite(
              Integer.parseInt(name.replaceFirst("(tf_)?efficientnet_lite", "")));
      return new EfficientNetLiteConfig(
          imageSize,
          lite.stem(),
          lite.stages(),
          lite.head(),
          file.integer("num_classes", lite.classes()),
          tensorFlow ? Padding.SAME : Padding.SYMMETRIC,
          tensorFlow ? 1e-3 : 1e-5,
          false,
          lite.output());
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  /** Pixels of an image's side. */
  static int imageSize(ConfigFile file) {
    ConfigFile pixels = file.object(PIXELS);
    int[] shape = pixels.integers("input_size");
    if (shape.length != 3 || shape[0] != 3 || shape[1] != shape[2] || shape[1] < 1) {
      throw pixels.wrong("input_size", "is of another kind", "3, a height and the same width");
    }
    return shape[1];
  }

  /** Shortest edge to the size over the crop's share, then the crop, as timm evaluates. */
  static ImageProcessor processor(ConfigFile file) {
    ConfigFile pixels = file.object(PIXELS);
    int size = imageSize(file);
    double share = pixels.number("crop_pct", 0.875);
    if (!(share > 0 && share <= 1)) {
      throw pixels.wrong("crop_pct", "is " + share, "a share above 0 and up to 1");
    }
    if (!pixels.text("crop_mode", "center").equals("center")) {
      throw pixels.wrong("crop_mode", "is " + pixels.text("crop_mode"), "center");
    }
    try {
      Normalization normalization =
          new Normalization(
              Normalization.UNIT_SCALE, pixels.numbers("mean"), pixels.numbers("std"));
      return new ImageProcessor(
          List.of(
              new ImageStep.ResizeShortestEdge((int) Math.floor(size / share), filter(pixels)),
              new ImageStep.CenterCrop(size)),
          normalization);
    } catch (IllegalArgumentException e) {
      throw pixels.wrong(e);
    }
  }

  private static Filter filter(ConfigFile pixels) {
    return switch (pixels.text("interpolation", "bicubic")) {
      case "bicubic" -> Filter.BICUBIC;
      case "bilinear" -> Filter.BILINEAR;
      default ->
          throw pixels.wrong(
              "interpolation", "is " + pixels.text("interpolation"), "bicubic or bilinear");
    };
  }
}
