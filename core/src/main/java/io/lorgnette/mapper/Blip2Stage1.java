package io.lorgnette.mapper;

import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * BLIP-2's first stage (Li et al. 2023, figure 2): a Q-Former that learns from images and their
 * texts, without a language model, what of an image is worth telling. Three heads stand on it: a
 * joint space of images and texts (ITC), a verdict on a pair (ITM), and words (ITG). {@link
 * Blip2Losses} trains them.
 *
 * <p>Checked against LAVIS' {@code Blip2Qformer}. Weights change only by training; all methods are
 * safe for use by several threads.
 *
 * <p>Legend: B images or texts, N visual tokens, Di their width, Q queries, T tokens of a text, d
 * width, J width of the joint space, V words.
 */
public final class Blip2Stage1 implements ImageTextModel, AutoCloseable {

  private final Blip2Stage1Config config;
  private final Parameters parameters;
  private final QFormer qformer;
  private final MatchHeads heads;

  Blip2Stage1(Blip2Stage1Config config, Parameters parameters) {
    if (!parameters.names().equals(config.keys().shapes().keySet())) {
      throw new IllegalArgumentException("these parameters are not those of " + config);
    }
    this.config = config;
    this.parameters = parameters;
    this.qformer = new QFormer(config.qformer(), parameters);
    this.heads = new MatchHeads(config.qformer().queries(), parameters);
  }

  public Blip2Stage1Config config() {
    return config;
  }

  /** All weights under own names. */
  public Parameters parameters() {
    return parameters;
  }

  /** The Q-Former, which shares these weights; it is given {@link #normed} features. */
  public QFormer qformer() {
    return qformer;
  }

  /** The joint space and the verdict, which share these weights. */
  public MatchHeads heads() {
    return heads;
  }

  /** What enters the Q-Former: features of an encoder, {@code [B, N, Di]} both. */
  public Tensor normed(Tensor features) {
    return QFormerMapper.imageNorm(features, parameters);
  }

  /** Scores of the next word: a text's states {@code [..., d] -> [..., V]}. */
  public Tensor words(Tensor states) {
    Parameters head = parameters.at("word_head");
    Tensor x = Activation.GELU.apply(Layers.linear(states, head.at("dense")));
    Tensor normed = Layers.layerNorm(x, head.at("norm"), config.qformer().normEpsilon());
    return Layers.linear(normed, parameters.get("embed.words"), head.get("bias"));
  }

  /** By which similarities are divided in training; a scalar. */
  public Tensor temperature() {
    return parameters.get("temperature");
  }

  /** What the queries make of each image: features {@code [B, N, Di] -> [B, Q, d]}. */
  public Tensor see(Tensor features) {
    return qformer.see(normed(features), Dropout.NONE);
  }

  @Override
  public Tensor imageEmbeds(Tensor features) {
    return heads.images(see(features));
  }

  @Override
  public Tensor textEmbeds(Tensor ids, Tensor mask) {
    return heads.texts(qformer.read(ids, mask, Dropout.NONE));
  }

  /**
   * What the queries make of each image beside its text, the features of a pair.
   *
   * @return {@code [B, Q, d]}
   */
  public Tensor seeWithText(Tensor features, Tensor ids, Tensor mask) {
    Tensor both = qformer.seeAndRead(normed(features), ids, mask, Dropout.NONE);
    return both.narrow(1, 0, config.qformer().queries());
  }

  @Override
  public Tensor match(Tensor features, Tensor ids, Tensor mask) {
    return heads.match(seeWithText(features, ids, mask));
  }

  @Override
  public Device device() {
    return Tensors.device(temperature());
  }

  /** This model with other tensors of the same names and shapes; neither owns the other's. */
  public Blip2Stage1 with(Map<String, Tensor> tensors) {
    return new Blip2Stage1(config, Parameters.of(tensors));
  }

  /**
   * This model in another number format, in the current scope. The temperature stays as it is:
   * three digits of it would change every similarity. Gradients flow through the conversion.
   *
   * @param leaves tensors by own name
   */
  public Blip2Stage1 with(Map<String, Tensor> leaves, Dtype format) {
    Map<String, Tensor> converted = new LinkedHashMap<>();
    leaves.forEach(
        (name, tensor) ->
            converted.put(name, name.equals("temperature") ? tensor : Tensors.to(tensor, format)));
    return with(converted);
  }

  /**
   * Writes a file that LAVIS' names read, the tied matrix and the constant positions included.
   *
   * @param metadata strings for its header
   */
  public void save(Path file, Map<String, String> metadata) {
    Safetensors.write(file, config.stored(parameters.asMap()), metadata);
  }

  /** Frees the weights. */
  @Override
  public void close() {
    parameters.close();
  }
}
