package io.lorgnette.vision;

/**
 * The learned positions that a checkpoint holds, where they are for another image size than the one
 * that is used.
 *
 * @param imageSize pixels that they were trained for
 * @param resize how they are brought to the size used
 */
public record StoredPositions(int imageSize, PositionResize resize) {

  public StoredPositions {
    Sizes.pixels("pretrained_image_size", imageSize);
  }

  /**
   * From the keys {@code pretrained_image_size} and {@code position_interpolation}, which are ours:
   * the published files name one size only.
   */
  static StoredPositions from(ConfigFile file, int imageSize, PositionResize otherwise) {
    String name = file.text("position_interpolation", otherwise.key());
    PositionResize resize = PositionResize.named(name);
    if (resize == null) {
      throw file.wrong(
          "position_interpolation",
          "is " + name,
          "bicubic, bicubic-corners, bicubic-antialiased or bilinear-antialiased");
    }
    return new StoredPositions(file.integer("pretrained_image_size", imageSize), resize);
  }

  /** For identities: nothing where the positions are used as they are. */
  String describe(int usedSize) {
    return usedSize == imageSize ? "" : " positions " + imageSize + "px " + resize.key();
  }
}
