package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.PreNormBlock;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;

/**
 * Shape of a vision transformer, and which of its activations are the features. {@link EvaVit},
 * {@link Blip2Vit}, {@link Dinov2} and {@link Beit} have the published ones.
 *
 * @param family names of its tensors and stages
 * @param imageSize S, pixels
 * @param trainedSize pixels of the images that the checkpoint's positions were trained for
 * @param sizes of its layers
 * @param parts what it has and has not
 * @param output the choice of features
 */
public record VitConfig(
    VitFamily family,
    int imageSize,
    int trainedSize,
    VitSizes sizes,
    VitParts parts,
    VitOutput output)
    implements EncoderConfig {

  private static final int LARGEST_IMAGE = 16_384;
  private static final int LARGEST_RELATIVE_SIDE =
      128; // the table of pairs grows with its 4th power

  public VitConfig {
    Sizes.positive("image size", Math.min(imageSize, trainedSize));
    if (Math.max(imageSize, trainedSize) > LARGEST_IMAGE) {
      throw new IllegalArgumentException(
          "image size must be at most "
              + LARGEST_IMAGE
              + " but is "
              + Math.max(imageSize, trainedSize));
    }
    if (sizes.patch() > Math.min(imageSize, trainedSize)) {
      throw new IllegalArgumentException(
          "patch size "
              + sizes.patch()
              + " is larger than the image size "
              + Math.min(imageSize, trainedSize));
    }
    boolean isRelative = parts.relative() != VitParts.Relative.NONE;
    if (isRelative && trainedSize / sizes.patch() > LARGEST_RELATIVE_SIDE) {
      throw new IllegalArgumentException(
          "biases for distances need at most "
              + LARGEST_RELATIVE_SIDE
              + " patches along a side, not "
              + trainedSize / sizes.patch());
    }
    if (isRelative && imageSize != trainedSize) {
      throw new IllegalArgumentException(
          "its biases for distances are for images of "
              + trainedSize
              + " pixels and can not be brought to "
              + imageSize);
    }
    if (output.layer() > sizes.layers()) {
      throw new IllegalArgumentException(
          "of " + sizes.layers() + " layers none is layer-" + output.layer());
    }
    if (!output.normed() && output.layer() == 1 && !parts.finalNorm()) {
      // Without a last norm these are one and the same.
      output = new VitOutput(1, true, output.leading(), false);
    }
  }

  VitConfig(VitFamily family, int imageSize, VitSizes sizes, VitParts parts) {
    this(family, imageSize, imageSize, sizes, parts, VitOutput.LAST);
  }

  /**
   * The same model for images of another size; its positions are interpolated.
   *
   * @throws IllegalArgumentException if the model can not take the size
   */
  public VitConfig withImageSize(int pixels) {
    return new VitConfig(family, pixels, trainedSize, sizes, parts, output);
  }

  /**
   * The same model with the choice of features that has the {@linkplain VitOutput#name name}.
   *
   * @throws InputException if no choice has
   */
  public VitConfig withOutput(String name) {
    return VitOutput.named(name, sizes.layers())
        .filter(found -> family.pools() || !found.pooled())
        .map(found -> new VitConfig(family, imageSize, trainedSize, sizes, parts, found))
        .orElseThrow(
            () ->
                new InputException(
                    "this "
                        + family.label()
                        + " has no output '"
                        + name
                        + "'; choose last or layer-1 to layer-"
                        + sizes.layers()
                        + ", with -patches added to drop what is no patch"
                        + (family.pools() ? ", or pooled" : "")));
  }

  /** Tokens before the patches. */
  int leading() {
    return 1 + parts.registers();
  }

  /** Patches along one side of an image of the size that the checkpoint was trained for. */
  int trainedSide() {
    return trainedSize / sizes.patch();
  }

  /** N. */
  @Override
  public int tokens() {
    int side = imageSize / sizes.patch();
    return output.pooled() ? 1 : side * side + (output.leading() ? leading() : 0);
  }

  @Override
  public int placeless() {
    return !output.pooled() && output.leading() ? leading() : 0;
  }

  @Override
  public long multiplyAdds() {
    int side = imageSize / sizes.patch();
    long hidden = parts.gated() ? sizes.hidden() * 3L / 2 : sizes.hidden();
    return Work.patches(imageSize, sizes.patch(), sizes.width())
        + Work.blocks(
            sizes.layers() + 1L - output.layer(),
            (long) side * side + leading(),
            sizes.width(),
            hidden);
  }

  /** Di. */
  public int width() {
    return sizes.width();
  }

  /** What every block does. */
  PreNormBlock block() {
    return new PreNormBlock(sizes.heads(), sizes.normEpsilon(), parts.activation(), parts.gated());
  }

  /** The names of a checkpoint that holds the encoder alone. */
  KeyMap keys() {
    return family.keys(this);
  }

  /** The encoder's part of a checkpoint, which may be that of a larger model. */
  Checkpoint part(Checkpoint checkpoint) {
    boolean within = checkpoint.names().stream().anyMatch(n -> n.startsWith(family.prefix()));
    return within ? checkpoint.under(family.prefix()) : checkpoint;
  }

  /** Parameters of the published encoder, without a head for classes. */
  @Override
  public long parameterCount() {
    return keys().parameterCount();
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    return new EncoderShape(describe(), imageSize, tokens(), width(), width(), parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    return family.label()
        + " "
        + imageSize
        + "px "
        + (imageSize == trainedSize ? "" : "positions " + trainedSize + "px ")
        + sizes.describe()
        + " "
        + parts.describe();
  }

  /** See {@link VitOutput#name}. */
  @Override
  public String outputName() {
    return output.name();
  }
}
