package io.lorgnette.vision;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A space of images and texts on a frozen encoder: a small head for its features and a text tower,
 * trained against each other as CLIP's towers are (Radford et al. 2021, figure 3). {@link
 * DualEncoder#over} uses what {@link #save} wrote.
 *
 * <p>Legend: B pairs, N visual tokens, Di their width, T tokens of a text, J joint space.
 */
public final class JointSpace implements AutoCloseable {

  /** CLIP's logits are scaled by no more than this. */
  static final double MAX_SCALE = 100;

  private static final String SCALE = "logit_scale";
  private static final double NORM_EPSILON = 1e-5;
  private static final long MEAN = 1; // of torch's reductions
  private static final long NO_LABEL = -100;

  private final JointConfig config;
  private final Parameters parameters;

  JointSpace(JointConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = parameters;
  }

  static JointSpace load(JointConfig config, Checkpoint checkpoint, Dtype dtype, Device device) {
    return new JointSpace(config, Parameters.of(config.keys().read(checkpoint, dtype, device)));
  }

  public JointConfig config() {
    return config;
  }

  /** All weights under own names. */
  public Parameters parameters() {
    return parameters;
  }

  /** The text tower, which shares these weights and is not closed. */
  public TextTower texts() {
    return TextTower.over(config.text(), parameters.own("text"));
  }

  /** Features of an encoder in the joint space, not normalised: {@code [B, N, Di] -> [B, J]}. */
  public Tensor imageEmbeds(Tensor features, Dropout dropout, double share) {
    Parameters head = parameters.at("image");
    Dtype format = Tensors.dtype(head.get("skip.weight"));
    Tensor mean = Tensors.to(features, format, Tensors.device(head.get("skip.weight")));
    Tensor seen = Layers.layerNorm(mean.mean(1), head.at("norm"), NORM_EPSILON);
    Tensor x = dropout.apply(seen, share);
    Tensor hidden = Activation.GELU.apply(Layers.linear(x, head.at("fc1")));
    Tensor bent = Layers.linear(dropout.apply(hidden, share), head.at("fc2"));
    return bent.add(Layers.linear(x, head.at("skip")));
  }

  /** Texts in the joint space, not normalised: ids {@code [B, T] -> [B, J]}. */
  public Tensor textEmbeds(Tensor ids, Dropout dropout, double share) {
    TextTower tower = texts();
    Tensor pooled = tower.pooled(ids, tower.encode(ids, null));
    return Layers.linear(dropout.apply(pooled, share), parameters.at("text").at("projection"));
  }

  /**
   * CLIP's loss: the mean of the cross entropies of each image's text among the batch's and of each
   * text's image.
   *
   * <p>With several processes each has B of the W pairs. The mean of their losses is the loss of
   * one process on all of them, and the mean of their gradients its gradient.
   *
   * @param features {@code [B, N, Di]}, of B different images
   * @param ids {@code [B, T]}, the i-th text is the i-th image's
   * @param share of values that are dropped
   * @param gathering of the processes; {@link Gathering#ALONE} for one
   * @return a scalar in nats; F64 where the weights are, else F32
   * @throws IllegalArgumentException if there are not as many texts as images, or fewer than two
   */
  public Tensor loss(
      Tensor features, Tensor ids, Dropout dropout, double share, Gathering gathering) {
    long pairs = features.size(0);
    if (pairs < 2 || ids.size(0) != pairs) {
      throw new IllegalArgumentException(
          "at least two pairs are needed, but there are "
              + pairs
              + " images and "
              + ids.size(0)
              + " texts");
    }
    Tensor images = JointTexts.unit(imageEmbeds(features, dropout, share));
    Tensor texts = JointTexts.unit(textEmbeds(ids, dropout, share));
    Tensor scale = wide(scale());
    Tensor toTexts = torch.matmul(images, gathering.shared(texts).t()).mul(scale); // [B, W]
    Tensor toImages = torch.matmul(texts, gathering.shared(images).t()).mul(scale); // [B, W]
    Tensor own =
        Tensors.range(pairs, Tensors.device(toTexts)).add(new Scalar(gathering.first(pairs)));
    return entropy(toTexts, own).add(entropy(toImages, own)).mul(new Scalar(0.5));
  }

  private static Tensor entropy(Tensor logits, Tensor own) {
    return torch.cross_entropy_loss(logits, own, new TensorOptional(), MEAN, NO_LABEL, 0);
  }

  private static Tensor wide(Tensor x) {
    return Tensors.dtype(x) == Dtype.F64 ? x : Tensors.to(x, Dtype.F32);
  }

  /** What cosines are multiplied with in training, at most 100; a scalar. */
  public Tensor scale() {
    return parameters.get(SCALE).clamp_max(new Scalar(Math.log(MAX_SCALE))).exp();
  }

  /**
   * This space over other tensors of the same names and shapes, in another number format, in the
   * current scope; the scale stays as it is. Gradients flow through the conversion.
   */
  public JointSpace with(Map<String, Tensor> leaves, Dtype format) {
    Map<String, Tensor> converted = new LinkedHashMap<>();
    leaves.forEach(
        (name, tensor) ->
            converted.put(name, name.equals(SCALE) ? tensor : Tensors.to(tensor, format)));
    return new JointSpace(config, Parameters.of(converted));
  }

  /**
   * Writes {@code config.json} and {@code model.safetensors}, in F16 but for the scale.
   *
   * @param encoder identity of the frozen encoder
   * @throws UncheckedIOException if the disk fails
   */
  public void save(Path folder, String encoder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can not make " + folder + ": " + e.getMessage(), e);
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> narrow = new LinkedHashMap<>();
      parameters
          .asMap()
          .forEach(
              (name, tensor) ->
                  narrow.put(
                      name, name.equals(SCALE) ? scale().log() : Tensors.to(tensor, Dtype.F16)));
      Safetensors.write(folder.resolve("model.safetensors"), config.keys().write(narrow), Map.of());
    }
    ConfigFile.write(folder.resolve("config.json"), config.toJson(encoder));
  }

  /** Frees the weights. */
  @Override
  public void close() {
    parameters.close();
  }
}
