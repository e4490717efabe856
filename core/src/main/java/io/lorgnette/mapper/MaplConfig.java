package io.lorgnette.mapper;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * The mapping network of MAPL (Mañas et al. 2023), described.
 *
 * @param inputWidth Di, width of the features
 * @param width d, width of the transformer
 * @param outputWidth Do, width of the language model's embeddings
 * @param prefixLength P, learned constants and embeddings for each image
 * @param layers transformer encoder layers
 * @param heads attention heads in each, a divisor of {@code width}
 * @param feedForward hidden width of the feed-forward
 * @param dropout share dropped in training, from 0 to below 1
 * @param bias whether the linear maps at both ends have biases
 */
public record MaplConfig(
    int inputWidth,
    int width,
    int outputWidth,
    int prefixLength,
    int layers,
    int heads,
    int feedForward,
    double dropout,
    boolean bias)
    implements MapperConfig {

  /** Heads of the released checkpoints; their tensors do not tell. */
  public static final int RELEASED_HEADS = 8;

  private static final double RELEASED_DROPOUT = 0.1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public MaplConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("width", width);
    Checks.positive("outputWidth", outputWidth);
    Checks.positive("prefixLength", prefixLength);
    Checks.layers(layers);
    Checks.positive("feedForward", feedForward);
    Checks.heads("width", width, heads);
    Checks.dropout(dropout);
  }

  /** The published sizes (d 256, P 32, 4 layers, 8 heads) between two backbones. */
  public static MaplConfig between(int inputWidth, int outputWidth) {
    return new MaplConfig(
        inputWidth, 256, outputWidth, 32, 4, RELEASED_HEADS, 512, RELEASED_DROPOUT, true);
  }

  /**
   * The sizes that the tensors of a checkpoint under released names tell.
   *
   * @param heads which they do not tell
   * @throws InputException if a tensor that tells a size is absent or not a matrix
   */
  public static MaplConfig of(Checkpoint checkpoint, int heads) {
    List<Long> down = matrix(checkpoint, "down.weight");
    int layers = 0;
    while (checkpoint.names().contains(layer(layers) + "linear1.weight")) {
      layers++;
    }
    List<Long> linear1 = matrix(checkpoint, layer(Math.max(0, layers - 1)) + "linear1.weight");
    return new MaplConfig(
        Math.toIntExact(down.get(1)),
        Math.toIntExact(down.get(0)),
        Math.toIntExact(matrix(checkpoint, "up.weight").get(0)),
        Math.toIntExact(matrix(checkpoint, "const").get(0)),
        layers,
        heads,
        Math.toIntExact(linear1.get(0)),
        RELEASED_DROPOUT,
        checkpoint.names().contains("down.bias"));
  }

  private static List<Long> matrix(Checkpoint checkpoint, String name) {
    List<Long> shape = checkpoint.info(name).shape();
    if (shape.size() != 2) {
      throw new InputException(
          checkpoint.path()
              + ": tensor "
              + name
              + " has shape "
              + shape
              + " but a MAPL checkpoint holds a matrix there; give the mapper's own weights");
    }
    return shape;
  }

  private static String layer(int index) {
    return "transformer.layers." + index + ".";
  }

  @Override
  public KeyMap keys() {
    KeyMap map = new KeyMap();
    NamedLayers.linear(map, "down", "down", width, inputWidth, bias);
    map.add("constants", "const", prefixLength, width);
    for (int i = 0; i < layers; i++) {
      String own = "layers." + i + ".";
      String released = layer(i);
      NamedLayers.norm(map, own + "norm1", released + "norm1", width);
      map.add(
          own + "attention.qkv.weight", released + "self_attn.in_proj_weight", 3L * width, width);
      map.add(own + "attention.qkv.bias", released + "self_attn.in_proj_bias", 3L * width);
      NamedLayers.linear(
          map, own + "attention.out", released + "self_attn.out_proj", width, width, true);
      NamedLayers.norm(map, own + "norm2", released + "norm2", width);
      NamedLayers.linear(map, own + "mlp.up", released + "linear1", feedForward, width, true);
      NamedLayers.linear(map, own + "mlp.down", released + "linear2", width, feedForward, true);
    }
    NamedLayers.linear(map, "up", "up", outputWidth, width, bias);
    return map;
  }

  @Override
  public MaplMapper create(long seed, Device device) {
    return of(Parameters.of(MaplInit.draw(keys(), seed, device)));
  }

  @Override
  public MaplMapper of(Parameters parameters) {
    return new MaplMapper(this, parameters);
  }
}
