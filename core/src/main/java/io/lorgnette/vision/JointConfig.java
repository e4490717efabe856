package io.lorgnette.vision;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.TextTowerConfig.Kind;
import io.lorgnette.weights.KeyMap;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * Sizes of a {@link JointSpace}.
 *
 * @param imageWidth Di of the frozen encoder
 * @param imageHidden width inside the image's head
 * @param text the text tower, whose projection is J; of SigLIP's kind, which needs no end token
 */
public record JointConfig(int imageWidth, int imageHidden, TextTowerConfig text) {

  /** What {@code config.json} names this kind of model. */
  public static final String MODEL_TYPE = "joint-space";

  private static final String ENCODER = "encoder";
  private static final float DEVIATION = 0.02f;

  /** Where CLIP's scale starts: a temperature of 0.07. */
  private static final double FIRST_SCALE = 1 / 0.07;

  public JointConfig {
    Sizes.positive("image_width", imageWidth);
    Sizes.positive("image_hidden", imageHidden);
    if (text.kind() != Kind.SIGLIP) {
      throw new IllegalArgumentException("the text tower of a joint space is of SigLIP's kind");
    }
  }

  /**
   * From the sizes that a user chooses.
   *
   * @param vocabulary of the tokenizer
   * @param positions tokens of a text; longer ones lose their end
   * @param jointWidth J
   * @param padToken what fills texts up
   * @throws IllegalArgumentException if the sizes describe no tower
   */
  public static JointConfig of(
      int imageWidth,
      int imageHidden,
      int vocabulary,
      int positions,
      int width,
      int layers,
      int heads,
      int jointWidth,
      int padToken) {
    TowerShape tower = TowerShape.siglip(width, layers, heads, 4 * width);
    return new JointConfig(
        imageWidth,
        imageHidden,
        new TextTowerConfig(Kind.SIGLIP, vocabulary, positions, tower, jointWidth, 0, padToken));
  }

  /** Own names {@code image.{norm,fc1,fc2,skip}}, {@code text.*} and {@code logit_scale}. */
  KeyMap keys() {
    KeyMap keys = new KeyMap();
    TowerKeys.norm(keys, "image.norm", "image.norm", imageWidth);
    TowerKeys.linear(keys, "image.fc1", "image.fc1", imageHidden, imageWidth);
    TowerKeys.linear(keys, "image.fc2", "image.fc2", text.projection(), imageHidden);
    keys.add("image.skip.weight", "image.skip.weight", text.projection(), imageWidth);
    keys.addAll("text.", TextTowerKeys.huggingFace(text, TextTowerKeys.TEXT_MODEL));
    return keys.add("logit_scale", "logit_scale");
  }

  /** Those of {@link #parameterCount} that are the image's head. */
  long imageParameters() {
    return keys().shapes().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("image."))
        .mapToLong(entry -> entry.getValue().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  /** Trained parameters, computed from the sizes. */
  public long parameterCount() {
    return keys().parameterCount();
  }

  /**
   * A model to be trained from scratch, in F32, the same on every machine: normal of deviation
   * 0.02, biases zero, norms one.
   */
  public JointSpace create(long seed, Device device) {
    Draws draws = new Draws(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      keys()
          .shapes()
          .forEach(
              (name, shape) -> {
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                Tensor drawn = Tensors.ofFloats(values(name, shape, draws), sizes);
                tensors.put(name, Scope.release(Tensors.to(drawn, device)));
              });
    }
    return new JointSpace(this, Parameters.of(tensors));
  }

  private static float[] values(String name, List<Long> shape, Draws draws) {
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b))];
    if (name.equals("logit_scale")) {
      values[0] = (float) Math.log(FIRST_SCALE);
    } else if (shape.size() > 1) {
      float[] normal = draws.normal(values.length);
      for (int i = 0; i < values.length; i++) {
        values[i] = DEVIATION * normal[i];
      }
    } else if (name.contains("norm") && name.endsWith(".weight")) {
      Arrays.fill(values, 1);
    }
    return values;
  }

  /** Whether a folder's {@code config.json} names this kind of model. */
  static boolean isAt(Path folder) {
    ConfigFile file = VisionEncoders.config(folder);
    return file.has("model_type") && file.text("model_type").equals(MODEL_TYPE);
  }

  /** Reads {@code config.json}, of a space that stands on the given encoder. */
  static JointConfig read(Path folder, String encoder) {
    ConfigFile file = VisionEncoders.config(folder);
    JointConfig config = read(folder);
    if (!file.text(ENCODER).equals(encoder)) {
      throw file.wrong(
          ENCODER, "is " + file.text(ENCODER), "the encoder that is given, " + encoder);
    }
    return config;
  }

  /** Reads {@code config.json}, of a space on whatever encoder. */
  static JointConfig read(Path folder) {
    ConfigFile file = VisionEncoders.config(folder);
    if (!file.text("model_type").equals(MODEL_TYPE)) {
      throw file.wrong("model_type", "is " + file.text("model_type"), MODEL_TYPE);
    }
    file.onlyKeys(Set.of("model_type", ENCODER, "image_width", "image_hidden", "text_config"));
    ConfigFile text = file.object("text_config");
    try {
      return of(
          file.integer("image_width"),
          file.integer("image_hidden"),
          text.integer("vocab_size"),
          text.integer("max_position_embeddings"),
          text.integer("hidden_size"),
          text.integer("num_hidden_layers"),
          text.integer("num_attention_heads"),
          text.integer("projection_size"),
          text.integer("pad_token_id"));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  /** As {@code config.json}. */
  String toJson(String encoder) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("model_type", MODEL_TYPE).put(ENCODER, encoder);
    node.put("image_width", imageWidth).put("image_hidden", imageHidden);
    node.putObject("text_config")
        .put("vocab_size", text.vocabulary())
        .put("max_position_embeddings", text.positions())
        .put("hidden_size", text.tower().width())
        .put("num_hidden_layers", text.tower().layers())
        .put("num_attention_heads", text.tower().heads())
        .put("projection_size", text.projection())
        .put("pad_token_id", text.padToken());
    return node.toPrettyString() + "\n";
  }
}
