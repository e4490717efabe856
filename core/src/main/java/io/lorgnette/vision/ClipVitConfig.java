package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import io.lorgnette.vision.TowerOutput.Kind;
import io.lorgnette.weights.Checkpoint;
import java.util.List;

/**
 * Shape of the vision transformer of CLIP (Radford et al. 2021), and which of its tokens are the
 * features.
 *
 * @param imageSize S, pixels
 * @param patch side of a patch, pixels
 * @param tower its blocks: quick GELU in OpenAI's models, GELU in most of OpenCLIP's
 * @param projection J, width of the joint space of images and texts; 0 if the checkpoint is without
 * @param postNorm whether it has the norm after all blocks, which only the class token goes through
 * @param positions those of the checkpoint
 * @param output which tokens are the features
 */
public record ClipVitConfig(
    int imageSize,
    int patch,
    TowerShape tower,
    int projection,
    boolean postNorm,
    StoredPositions positions,
    TowerOutput output)
    implements EncoderConfig {

  public ClipVitConfig {
    Sizes.pixels("image_size", imageSize);
    Sizes.positive("patch_size", patch);
    for (int size : new int[] {imageSize, positions.imageSize()}) {
      if (patch > size) {
        throw new IllegalArgumentException(
            "patch_size " + patch + " is larger than image_size " + size);
      }
    }
    Sizes.notNegative("projection_dim", projection);
    if (output.layer() > tower.layers()) {
      throw new IllegalArgumentException(
          tower.layers() + " layers have no output " + output.name());
    }
  }

  /** All tokens of the last hidden state, at the size that the positions are for. */
  static ClipVitConfig plain(int imageSize, int patch, TowerShape tower, int projection) {
    return new ClipVitConfig(
        imageSize,
        patch,
        tower,
        projection,
        true,
        new StoredPositions(imageSize, PositionResize.BICUBIC),
        TowerOutput.ALL);
  }

  private static ClipVitConfig laion(int width, int layers, int heads, int hidden) {
    TowerShape tower = new TowerShape(width, layers, heads, hidden, Activation.GELU, 1e-5);
    return plain(224, 14, tower, 0);
  }

  /** CLIP ViT-B/32: 87,456,000 parameters without projection. */
  public static ClipVitConfig vitB32() {
    return plain(224, 32, TowerShape.openAi(768, 12), 0);
  }

  /** CLIP ViT-B/16: 85,799,424 parameters without projection. */
  public static ClipVitConfig vitB16() {
    return plain(224, 16, TowerShape.openAi(768, 12), 0);
  }

  /** CLIP ViT-L/14: 303,179,776 parameters without projection. */
  public static ClipVitConfig vitL14() {
    return plain(224, 14, TowerShape.openAi(1024, 24), 0);
  }

  /** CLIP ViT-L/14 at 336 pixels: 303,507,456 parameters without projection. */
  public static ClipVitConfig vitL14At336() {
    return plain(336, 14, TowerShape.openAi(1024, 24), 0);
  }

  /** OpenCLIP's ViT-H/14: 630,766,080 parameters without projection. */
  public static ClipVitConfig vitH14() {
    return laion(1280, 32, 16, 5120);
  }

  /** OpenCLIP's ViT-bigG/14: 1,842,777,344 parameters without projection. */
  public static ClipVitConfig vitBigG14() {
    return laion(1664, 48, 16, 8192);
  }

  /**
   * LAVIS' {@code clip_L} (Li et al. 2023): ViT-L/14 without its last block and norm; 290,581,504
   * parameters.
   */
  public static ClipVitConfig lavisClipL() {
    return new ClipVitConfig(
        224,
        14,
        TowerShape.openAi(1024, 23),
        0,
        false,
        new StoredPositions(224, PositionResize.BICUBIC_CORNERS),
        TowerOutput.ALL);
  }

  /** The same model with a projection to a joint space, or with 0 without. */
  public ClipVitConfig withProjection(int newProjection) {
    return new ClipVitConfig(imageSize, patch, tower, newProjection, postNorm, positions, output);
  }

  /** The same model for images of another size, its positions resized. */
  public ClipVitConfig withImageSize(int size, PositionResize resize) {
    StoredPositions stored = new StoredPositions(positions.imageSize(), resize);
    return new ClipVitConfig(size, patch, tower, projection, postNorm, stored, output);
  }

  /** The same model with other positions in its checkpoint. */
  ClipVitConfig withStored(StoredPositions stored) {
    return new ClipVitConfig(imageSize, patch, tower, projection, postNorm, stored, output);
  }

  /**
   * The same model with the choice of features that has the {@linkplain #outputName name}.
   *
   * @throws InputException if no choice has
   */
  public ClipVitConfig withOutput(String name) {
    TowerOutput chosen =
        TowerOutput.named(name, layers())
            .orElseThrow(
                () ->
                    TowerOutput.unknown(
                        "a CLIP encoder",
                        name,
                        "last or layer-2 to layer-"
                            + layers()
                            + ", with -patches added to drop the class token, or embedding"));
    if (chosen.kind() == Kind.EMBEDDING && projection == 0) {
      throw TowerOutput.unknown(
          "a CLIP encoder without projection", name, "last or layer-2 to layer-" + layers());
    }
    if (chosen.kind() == Kind.LAYER && chosen.layer() == 1) {
      chosen = new TowerOutput(Kind.LAST, 1, chosen.classToken());
    }
    return new ClipVitConfig(imageSize, patch, tower, projection, postNorm, positions, chosen);
  }

  /** Di inside the tower. */
  public int width() {
    return tower.width();
  }

  public int layers() {
    return tower.layers();
  }

  /** N. */
  @Override
  public int tokens() {
    return output.kind() == Kind.EMBEDDING ? 1 : patches() + (output.classToken() ? 1 : 0);
  }

  @Override
  public int placeless() {
    return output.kind() != Kind.EMBEDDING && output.classToken() ? 1 : 0;
  }

  @Override
  public long multiplyAdds() {
    long blocks = tower.layers() + 1L - output.layer();
    return Work.patches(imageSize, patch, tower.width())
        + Work.blocks(blocks, patches() + 1L, tower.width(), tower.hidden());
  }

  int patches() {
    return (imageSize / patch) * (imageSize / patch);
  }

  int storedPatches() {
    return (positions.imageSize() / patch) * (positions.imageSize() / patch);
  }

  /**
   * Parameters of the published model, with its last norm and, where it has one, its projection.
   */
  @Override
  public long parameterCount() {
    return ClipVitKeys.huggingFace(this, "").parameterCount();
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    int embedding = projection == 0 ? width() : projection;
    return new EncoderShape(describe(), imageSize, tokens(), width(), embedding, parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    return "clip-vit "
        + imageSize
        + "px patch"
        + patch
        + " "
        + tower.describe()
        + positions.describe(imageSize);
  }

  /**
   * {@code last} or {@code layer-2} for the penultimate and so on, {@code -patches} added where the
   * class token is dropped; or {@code embedding}, the image's one vector in the joint space.
   */
  @Override
  public String outputName() {
    return output.name();
  }

  /**
   * From a Hugging Face configuration, of the vision part alone or of the pair; what the file does
   * not say is as that library has it.
   *
   * @param hasProjection whether the checkpoint has one
   */
  static ClipVitConfig from(ConfigFile file, boolean hasProjection) {
    ConfigFile vision = file.has("vision_config") ? file.object("vision_config") : file;
    ConfigFile projected = file.has("projection_dim") ? file : vision;
    int projection = hasProjection ? projected.integer("projection_dim", 512) : 0;
    if (vision.integer("num_channels", 3) != 3) {
      throw vision.wrong("num_channels", "is " + vision.integer("num_channels"), "3");
    }
    int imageSize = vision.integer("image_size", 224);
    try {
      return new ClipVitConfig(
          imageSize,
          vision.integer("patch_size", 32),
          TowerShape.from(vision, TowerShape.openAi(768, 12)),
          projection,
          true,
          StoredPositions.from(vision, imageSize, PositionResize.BICUBIC),
          TowerOutput.ALL);
    } catch (IllegalArgumentException e) {
      throw vision.wrong(e);
    }
  }

  /**
   * From the shapes in a checkpoint under OpenAI's names, which come without a configuration: heads
   * are 64 wide and the activation is quick GELU.
   *
   * @throws InputException if a tensor that tells a size is missing
   */
  public static ClipVitConfig ofOpenAi(Checkpoint checkpoint) {
    List<Long> patches = checkpoint.info("visual.conv1.weight").shape(); // [Di, 3, p, p]
    long positions = checkpoint.info("visual.positional_embedding").shape().get(0);
    int projection = checkpoint.info("visual.proj").shape().get(1).intValue();
    int layers = TowerKeys.openAiLayers(checkpoint, "visual.");
    int patch = patches.get(3).intValue();
    int side = (int) Math.round(Math.sqrt(positions - 1.0)) * patch;
    return plain(side, patch, TowerShape.openAi(patches.get(0).intValue(), layers), projection);
  }
}
