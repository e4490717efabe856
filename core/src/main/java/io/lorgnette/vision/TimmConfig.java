package io.lorgnette.vision;

import io.lorgnette.vision.EfficientNetLiteConfig.Padding;

/** The {@code config.json} of timm, which names an {@code architecture} instead of its sizes. */
final class TimmConfig {

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
}
