package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.vision.TowerOutput.Kind;

/**
 * Shape of SigLIP's vision transformer (Zhai et al. 2023; SigLIP 2: Tschannen et al. 2025), and
 * which of its tokens are the features.
 *
 * @param imageSize S, pixels
 * @param patch side of a patch, pixels
 * @param tower its blocks
 * @param head whether it has the attention that pools all tokens to one vector
 * @param flexible the NaFlex form of SigLIP 2: pictures of any shape as flattened patches
 * @param positions those of the checkpoint
 * @param output which tokens are the features
 */
public record SiglipVitConfig(
    int imageSize,
    int patch,
    TowerShape tower,
    boolean head,
    boolean flexible,
    StoredPositions positions,
    TowerOutput output)
    implements EncoderConfig {

  public SiglipVitConfig {
    Sizes.pixels("image_size", imageSize);
    Sizes.positive("patch_size", patch);
    for (int size : new int[] {imageSize, positions.imageSize()}) {
      if (patch > size) {
        throw new IllegalArgumentException(
            "patch_size " + patch + " is larger than image_size " + size);
      }
      if (flexible && size % patch != 0) {
        throw new IllegalArgumentException(
            "image_size " + size + " is no multiple of patch_size " + patch);
      }
    }
    if (output.layer() > tower.layers()) {
      throw new IllegalArgumentException(
          tower.layers() + " layers have no output " + output.name());
    }
    if (!output.classToken()) {
      throw new IllegalArgumentException("SigLIP has no class token to drop");
    }
    if (output.kind() == Kind.EMBEDDING && !head) {
      throw new IllegalArgumentException("without a pooling head there is no embedding");
    }
  }

  private static SiglipVitConfig plain(int imageSize, int patch, TowerShape tower) {
    return new SiglipVitConfig(
        imageSize,
        patch,
        tower,
        true,
        false,
        new StoredPositions(imageSize, PositionResize.BICUBIC),
        TowerOutput.ALL);
  }

  /** SigLIP B/16 at 224 pixels: 92,884,224 parameters. */
  public static SiglipVitConfig b16() {
    return plain(224, 16, TowerShape.siglip(768, 12, 12, 3072));
  }

  /** SigLIP L/16 at 256 pixels: 315,956,224 parameters. */
  public static SiglipVitConfig l16At256() {
    return plain(256, 16, TowerShape.siglip(1024, 24, 16, 4096));
  }

  /** SigLIP So400m/14 at 384 pixels: 428,225,600 parameters. */
  public static SiglipVitConfig so400mAt384() {
    return plain(384, 14, TowerShape.siglip(1152, 27, 16, 4304));
  }

  /** SigLIP 2 B/16 in its NaFlex form, for 256 patches: 92,930,304 parameters. */
  public static SiglipVitConfig b16NaFlex() {
    return naFlex(256, 16, TowerShape.siglip(768, 12, 12, 3072), true);
  }

  private static SiglipVitConfig naFlex(int patches, int patch, TowerShape tower, boolean head) {
    int side = (int) Math.round(Math.sqrt(patches));
    if (side * side != patches) {
      throw new IllegalArgumentException("num_patches " + patches + " is no square");
    }
    return new SiglipVitConfig(
        side * patch,
        patch,
        tower,
        head,
        true,
        new StoredPositions(side * patch, PositionResize.BILINEAR_ANTIALIASED),
        TowerOutput.ALL);
  }

  /** The same model for images of another size, its positions resized. */
  public SiglipVitConfig withImageSize(int size, PositionResize resize) {
    StoredPositions stored = new StoredPositions(positions.imageSize(), resize);
    return new SiglipVitConfig(size, patch, tower, head, flexible, stored, output);
  }

  /**
   * The same model with the choice of features that has the {@linkplain #outputName name}.
   *
   * @throws InputException if no choice has
   */
  public SiglipVitConfig withOutput(String name) {
    TowerOutput chosen =
        TowerOutput.named(name, tower.layers())
            .filter(TowerOutput::classToken)
            .filter(o -> head || o.kind() != Kind.EMBEDDING)
            .orElseThrow(
                () ->
                    TowerOutput.unknown(
                        "a SigLIP encoder",
                        name,
                        "last, layer-1 to layer-"
                            + tower.layers()
                            + (head ? " or embedding" : "")
                            + "; layer-1 is last without its norm"));
    return new SiglipVitConfig(imageSize, patch, tower, head, flexible, positions, chosen);
  }

  /** N; in the NaFlex form that of a square picture. */
  @Override
  public int tokens() {
    return output.kind() == Kind.EMBEDDING ? 1 : patches();
  }

  /** Without the head that pools. */
  @Override
  public long multiplyAdds() {
    long blocks = tower.layers() + 1L - output.layer();
    return Work.patches(imageSize, patch, tower.width())
        + Work.blocks(blocks, patches(), tower.width(), tower.hidden());
  }

  int side() {
    return imageSize / patch;
  }

  int patches() {
    return side() * side();
  }

  int storedSide() {
    return positions.imageSize() / patch;
  }

  /** Parameters of the published model, with its pooling head where it has one. */
  @Override
  public long parameterCount() {
    return SiglipVitKeys.huggingFace(this, "").parameterCount();
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    return new EncoderShape(
        describe(), imageSize, tokens(), tower.width(), tower.width(), parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    return (flexible ? "siglip2-naflex " : "siglip-vit ")
        + imageSize
        + "px patch"
        + patch
        + " "
        + tower.describe()
        + positions.describe(imageSize);
  }

  /**
   * {@code last} with the norm after all blocks, {@code layer-1} for the last block's output
   * without it, {@code layer-2} for the penultimate and so on, or {@code embedding}, the pooled
   * vector.
   */
  @Override
  public String outputName() {
    return output.name();
  }

  /**
   * From a Hugging Face configuration, of the vision part alone or of the pair; what the file does
   * not say is as that library has it.
   */
  static SiglipVitConfig from(ConfigFile file) {
    ConfigFile vision = file.has("vision_config") ? file.object("vision_config") : file;
    boolean flexible = file.text("model_type").startsWith("siglip2");
    if (vision.integer("num_channels", 3) != 3) {
      throw vision.wrong("num_channels", "is " + vision.integer("num_channels"), "3");
    }
    try {
      TowerShape tower = TowerShape.from(vision, TowerShape.siglip(768, 12, 12, 3072));
      boolean head = vision.flag("vision_use_head", true);
      int patch = vision.integer("patch_size", 16);
      if (flexible) {
        return naFlex(vision.integer("num_patches", 256), patch, tower, head);
      }
      int imageSize = vision.integer("image_size", 224);
      return new SiglipVitConfig(
          imageSize,
          patch,
          tower,
          head,
          false,
          StoredPositions.from(vision, imageSize, PositionResize.BICUBIC),
          TowerOutput.ALL);
    } catch (IllegalArgumentException e) {
      throw vision.wrong(e);
    }
  }
}
