package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shape of CLIP's residual network (Radford et al. 2021), and what of it the features are.
 *
 * @param imageSize S, pixels; a multiple of 32
 * @param width channels after the stem; the trunk ends with 32 times as many
 * @param layers blocks of the four stages
 * @param heads of the attention pool
 * @param projection J, width of the joint space of images and texts; 0 if the checkpoint is without
 *     attention pool
 * @param normEpsilon of the batch norms
 * @param embedding whether the features are the one vector of the attention pool, not the grid
 */
public record ClipResNetConfig(
    int imageSize,
    int width,
    List<Integer> layers,
    int heads,
    int projection,
    double normEpsilon,
    boolean embedding)
    implements EncoderConfig {

  /** Pixels of a place of the last map, on each side. */
  static final int STRIDE = 32;

  private static final String GRID = "grid";
  private static final String EMBEDDING = "embedding";

  public ClipResNetConfig {
    layers = List.copyOf(layers);
    Sizes.pixels("image_size", imageSize);
    Sizes.positive("width", width);
    Sizes.positive("heads", heads);
    Sizes.notNegative("output_dim", projection);
    if (imageSize % STRIDE != 0) {
      throw new IllegalArgumentException("image_size " + imageSize + " is no multiple of 32");
    }
    if (width % 2 != 0) {
      throw new IllegalArgumentException("width " + width + " is odd");
    }
    if (layers.size() != 4) {
      throw new IllegalArgumentException("layers must name four stages but is " + layers);
    }
    layers.forEach(blocks -> Sizes.layers("layers", blocks));
    if (width * STRIDE % heads != 0) {
      throw new IllegalArgumentException(
          "the trunk's " + width * STRIDE + " channels are no multiple of heads " + heads);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("bn_eps must be above 0 but is " + normEpsilon);
    }
    if (embedding && projection == 0) {
      throw new IllegalArgumentException("without an attention pool there is no embedding");
    }
  }

  /** The published form: heads of 64, epsilon 1e-5. */
  static ClipResNetConfig plain(int imageSize, int width, List<Integer> layers, int projection) {
    int heads = width * STRIDE / 64;
    return new ClipResNetConfig(imageSize, width, layers, heads, projection, 1e-5, false);
  }

  /** RN50: trunk of 23,527,264 parameters. */
  public static ClipResNetConfig rn50() {
    return plain(224, 64, List.of(3, 4, 6, 3), 1024);
  }

  /** RN101: trunk of 42,519,392 parameters. */
  public static ClipResNetConfig rn101() {
    return plain(224, 64, List.of(3, 4, 23, 3), 512);
  }

  /** RN50x4: trunk of 65,619,640 parameters. */
  public static ClipResNetConfig rn50x4() {
    return plain(288, 80, List.of(4, 6, 10, 6), 640);
  }

  /** RN50x16: trunk of 136,202,640 parameters. */
  public static ClipResNetConfig rn50x16() {
    return plain(384, 96, List.of(6, 8, 18, 8), 768);
  }

  /** RN50x64: trunk of 365,034,176 parameters. */
  public static ClipResNetConfig rn50x64() {
    return plain(448, 128, List.of(3, 15, 36, 10), 1024);
  }

  /** The same network with an attention pool to a joint space, or with 0 without. */
  public ClipResNetConfig withProjection(int newProjection) {
    return new ClipResNetConfig(
        imageSize, width, layers, heads, newProjection, normEpsilon, embedding);
  }

  /**
   * The same network with {@code grid} or {@code embedding} as its features.
   *
   * @throws InputException if the name is neither, or the network has no attention pool
   */
  public ClipResNetConfig withOutput(String name) {
    boolean pooled = name.equals(EMBEDDING);
    if (!pooled && !name.equals(GRID)) {
      throw TowerOutput.unknown("a CLIP ResNet", name, "grid or embedding");
    }
    if (pooled && projection == 0) {
      throw TowerOutput.unknown("a CLIP ResNet without attention pool", name, GRID);
    }
    return new ClipResNetConfig(imageSize, width, layers, heads, projection, normEpsilon, pooled);
  }

  /** {@code grid}, the last map row by row, or {@code embedding}. */
  @Override
  public String outputName() {
    return embedding ? EMBEDDING : GRID;
  }

  /** Side of the last map. */
  int side() {
    return imageSize / STRIDE;
  }

  /** Channels of the last map. */
  int channels() {
    return width * STRIDE;
  }

  /** N. */
  @Override
  public int tokens() {
    return embedding ? 1 : side() * side();
  }

  @Override
  public long multiplyAdds() {
    long trunk = ClipResNetLayout.of(this).multiplyAdds(imageSize);
    long c = channels();
    long places = (long) side() * side() + 1;
    return embedding ? trunk + 2 * places * c * c + c * c + 2 * places * c + c * projection : trunk;
  }

  /** Di. */
  public int featureWidth() {
    return embedding ? projection : channels();
  }

  /** Parameters without the attention pool: convolutions and the norms' gains and offsets. */
  public long trunkParameterCount() {
    return ClipResNetLayout.of(this).parameterCount();
  }

  /** Parameters with the attention pool, where the checkpoint has one. */
  @Override
  public long parameterCount() {
    KeyMap pool = new KeyMap();
    ClipResNetLayout.poolKeys(pool, "", this);
    return trunkParameterCount() + pool.parameterCount();
  }

  /** What it tells without weights. */
  public EncoderShape shape() {
    int one = projection == 0 ? featureWidth() : projection;
    return new EncoderShape(describe(), imageSize, tokens(), featureWidth(), one, parameterCount());
  }

  /** One line for people and identities. */
  @Override
  public String describe() {
    return "clip-resnet "
        + imageSize
        + "px width"
        + width
        + " layers"
        + layers.stream().map(String::valueOf).collect(Collectors.joining("-"))
        + " heads"
        + heads
        + " eps "
        + normEpsilon;
  }

  /**
   * From our own form of {@code config.json}, for checkpoints that have none of their own: {@code
   * layers}, {@code width}, {@code image_size}, and where they differ from what is usual {@code
   * heads}, {@code output_dim}, {@code bn_eps}.
   *
   * @param hasPool whether the checkpoint has the attention pool
   */
  static ClipResNetConfig from(ConfigFile file, boolean hasPool) {
    try {
      int width = file.integer("width");
      return new ClipResNetConfig(
          file.integer("image_size"),
          width,
          file.wholeNumbers("layers"),
          file.integer("heads", width * STRIDE / 64),
          hasPool ? file.integer("output_dim") : 0,
          file.number("bn_eps", 1e-5),
          false);
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  /**
   * From the shapes in a checkpoint under OpenAI's names.
   *
   * @throws InputException if a tensor that tells a size is missing
   */
  public static ClipResNetConfig ofOpenAi(Checkpoint checkpoint) {
    String pool = ClipVitKeys.VISUAL + "attnpool.";
    long positions = checkpoint.info(pool + "positional_embedding").shape().get(0);
    int side = (int) Math.round(Math.sqrt(positions - 1.0));
    int width =
        checkpoint.info(ClipVitKeys.VISUAL + "layer1.0.conv1.weight").shape().get(0).intValue();
    int projection = checkpoint.info(pool + "c_proj.weight").shape().get(0).intValue();
    List<Integer> layers =
        List.of(1, 2, 3, 4).stream().map(stage -> blocks(checkpoint, stage)).toList();
    return plain(side * STRIDE, width, layers, projection);
  }

  private static int blocks(Checkpoint checkpoint, int stage) {
    int blocks = 0;
    while (checkpoint
        .names()
        .contains(ClipVitKeys.VISUAL + "layer" + stage + "." + blocks + ".conv1.weight")) {
      blocks++;
    }
    return blocks;
  }
}
