package io.lorgnette.language;

import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoderConfig.Family;
import io.lorgnette.language.EncoderDecoderConfig.Stack;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An encoder-decoder language model over embeddings: T5, FlanT5, BART. Immutable: one loaded model
 * serves many threads; what belongs to one batch of sequences lives in its {@link CrossMemory} and
 * {@link KvCache}.
 *
 * <p>A visual prefix stands before the words in the encoder's input. Checked against Hugging Face's
 * T5 and BART (hidden states, logits, gradients of a prefix).
 */
public final class EncoderDecoder implements TextModel {

  private final EncoderDecoderConfig config;
  private final Parameters parameters;
  private final String identity;
  private final SubLayers layers;

  private EncoderDecoder(EncoderDecoderConfig config, Parameters parameters, String identity) {
    this.config = config;
    this.parameters = parameters;
    this.identity = identity;
    this.layers = new SubLayers(config);
  }

  /**
   * Loads {@code config.json} and the safetensors beside it.
   *
   * @throws InputException if they do not describe a supported model, or for a T5 in F16, whose
   *     range its activations exceed
   */
  public static EncoderDecoder load(Path folder, Dtype dtype, Device device) {
    return load(folder, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Dtype, Device)}, its matrices kept in fewer bits perhaps. */
  public static EncoderDecoder load(Path folder, Precision precision, Device device) {
    EncoderDecoderConfig config = HfEncoderDecoderConfig.read(folder.resolve("config.json"));
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      return load(config, checkpoint, precision.compute(), device);
    }
  }

  static EncoderDecoder load(
      EncoderDecoderConfig config, Checkpoint checkpoint, Dtype dtype, Device device) {
    if (config.family() == Family.T5 && dtype == Dtype.F16) {
      throw new InputException(
          checkpoint.path() + " holds a T5, whose activations exceed F16; load it as BF16 or F32");
    }
    device.require();
    EncoderDecoderConfig found = stored(config, checkpoint);
    KeyMap keys = keys(found, checkpoint);
    Parameters parameters = Parameters.of(keys.read(checkpoint, dtype, device));
    return of(found, parameters, "sha256:" + checkpoint.sha256());
  }

  /** As a checkpoint has it: newer files say tied of all T5, and are where the matrix is absent. */
  private static EncoderDecoderConfig stored(EncoderDecoderConfig config, Checkpoint checkpoint) {
    boolean unsure = config.family() == Family.T5 && config.tied() && !config.scaledOutput();
    return unsure && checkpoint.names().contains(T5Keys.HEAD) ? config.untied() : config;
  }

  /** The names that fit; a BART without the output matrix lacks the prefix. */
  private static KeyMap keys(EncoderDecoderConfig config, Checkpoint checkpoint) {
    boolean bare = config.family() == Family.BART && checkpoint.names().contains("shared.weight");
    return bare ? config.withOutput(BartKeys.of(config, "")) : config.keys();
  }

  /**
   * Checks a checkpoint's names and shapes without reading its tensors.
   *
   * @throws InputException listing tensors that are missing, unknown or of another shape
   */
  public static void requireFit(EncoderDecoderConfig config, Checkpoint checkpoint) {
    EncoderDecoderConfig found = stored(config, checkpoint);
    keys(found, checkpoint).requireFit(checkpoint);
  }

  /**
   * A model of given tensors, which it owns from then on.
   *
   * @param parameters under the own names of {@link EncoderDecoderConfig#keys}
   */
  public static EncoderDecoder of(
      EncoderDecoderConfig config, Parameters parameters, String identity) {
    return new EncoderDecoder(config, parameters, identity);
  }

  /**
   * A model to be trained: normal weights of the deviation 0.64 / sqrt(D), which is BART's 0.02 at
   * BART-large's width; biases 0 and norms 1.
   *
   * @param config of the family BART
   */
  public static EncoderDecoder random(EncoderDecoderConfig config, long seed, Device device) {
    if (config.family() != Family.BART) {
      throw new IllegalArgumentException("only BART is made without weights, not " + config);
    }
    double deviation = RandomWeights.DEVIATION * Math.sqrt(1024.0 / config.width());
    Parameters tensors =
        RandomWeights.of(config.keys().shapes(), deviation, deviation, seed, device);
    return of(config, tensors, "random:" + seed);
  }

  /** The same model over other tensors of the same format and place; not closed with this one. */
  public EncoderDecoder with(Parameters others) {
    return new EncoderDecoder(config, others, identity);
  }

  public EncoderDecoderConfig config() {
    return config;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public int vocabulary() {
    return config.vocabulary();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public int positions() {
    return config.family() == Family.T5 ? Integer.MAX_VALUE : config.positions();
  }

  @Override
  public Dtype dtype() {
    return Tensors.dtype(parameters.get("embed.weight"));
  }

  @Override
  public Device device() {
    return Tensors.device(parameters.get("embed.weight"));
  }

  /** An empty cache of the decoder for a batch of sequences of at most {@code capacity} tokens. */
  public KvCache newCache(long batch, long capacity) {
    Stack s = config.decoder();
    return KvCache.of(s.layers(), batch, s.heads(), capacity, s.headWidth(), dtype(), device());
  }

  @Override
  public Tensor embed(Tensor ids) {
    Tensor words = torch.embedding(parameters.get("embed.weight"), ids);
    return config.scaledEmbedding() ? words.mul(new Scalar(Math.sqrt(config.width()))) : words;
  }

  /**
   * The encoder's output.
   *
   * @param embeddings {@code [B, S, D]}
   * @param mask {@code [B, S]}, true or 1 where a token is real; or null when all are. Rows are
   *     padded on the right
   * @return {@code [B, S, D]}; without meaning where the mask is 0
   */
  public Tensor encode(Tensor embeddings, Tensor mask) {
    return encode(embeddings, mask, state -> {});
  }

  private Tensor encode(Tensor embeddings, Tensor mask, Consumer<Tensor> trace) {
    Parameters p = parameters.at("encoder");
    Stack stack = config.encoder();
    long t = embeddings.size(1);
    Tensor x = layers.input(Tensors.to(embeddings, dtype(), device()), p, 0);
    Tensor where = layers.where(p, SubLayers.keys(mask), t, t, true);
    trace.accept(x);
    for (int i = 0; i < stack.layers(); i++) {
      Parameters layer = p.at("layers", i);
      int index = i;
      x =
          layers.residual(
              x, layer.at("norm1"), y -> layers.attention(y, layer, stack, where, null, index));
      x = layers.residual(x, layer.at("norm2"), y -> layers.feedForward(y, layer.at("mlp"), stack));
      x = layers.output(x, p, i, stack, trace);
    }
    return x;
  }

  /**
   * What the decoder sees of the encoder's output.
   *
   * @param encoded {@code [B, S, D]}
   * @param mask as given to {@link #encode}
   */
  public CrossMemory memory(Tensor encoded, Tensor mask) {
    Stack s = config.decoder();
    Tensor[] keys = new Tensor[s.layers()];
    Tensor[] values = new Tensor[s.layers()];
    for (int i = 0; i < keys.length; i++) {
      Parameters p = parameters.at("decoder").at("layers", i).at("cross");
      Tensor kv = Layers.linear(encoded, p.at("kv")); // [B, S, 2 h d]
      keys[i] = Attention.heads(kv.narrow(2, 0, s.inner()), s.heads());
      values[i] = Attention.heads(kv.narrow(2, s.inner(), s.inner()), s.heads());
    }
    return new CrossMemory(keys, values, SubLayers.keys(mask));
  }

  /**
   * As {@link #memory(Tensor, Tensor)}, with states that no encoder made before the encoder's.
   *
   * @param beside {@code [B, P, D]}, all of them real
   */
  public CrossMemory memory(Tensor beside, Tensor encoded, Tensor mask) {
    Tensor all = Tensors.cat(1, Tensors.to(beside, dtype(), device()), encoded); // [B, P + S, D]
    if (mask == null) {
      return memory(all, null);
    }
    Tensor words = Tensors.to(mask, Dtype.BOOL, device());
    Tensor none = Tensors.zeros(Dtype.BOOL, device(), beside.size(0), beside.size(1));
    return memory(all, Tensors.cat(1, none.logical_not(), words));
  }

  /** Hidden states of whole sequences of the decoder: {@code [R, T, D]} both. */
  public Tensor decode(Tensor embeddings, CrossMemory memory) {
    return decode(embeddings, memory, null);
  }

  /**
   * Hidden states of the decoder, from which the next tokens are predicted.
   *
   * @param embeddings {@code [R, T, D]}; R is a multiple of the memory's rows, and each row of it
   *     serves as many consecutive sequences. Padding on the right needs no mask, since no token
   *     looks ahead
   * @param cache holds the tokens before and takes the new ones, or null
   * @return {@code [R, T, D]}
   */
  public Tensor decode(Tensor embeddings, CrossMemory memory, KvCache cache) {
    return decode(embeddings, memory, cache, state -> {});
  }

  private Tensor decode(
      Tensor embeddings, CrossMemory memory, KvCache cache, Consumer<Tensor> trace) {
    if (embeddings.size(0) % memory.batch() != 0) {
      throw new IllegalArgumentException(
          embeddings.size(0) + " sequences do not share a memory of " + memory.batch() + " rows");
    }
    Parameters p = parameters.at("decoder");
    Stack stack = config.decoder();
    long t = embeddings.size(1);
    long past = cache == null ? 0 : cache.length();
    Tensor x = layers.input(Tensors.to(embeddings, dtype(), device()), p, past);
    Tensor order = t == 1 ? null : CausalMask.of(null, t, past, 0, device()); // [1, 1, T, S]
    Tensor where = layers.where(p, order, t, past + t, false);
    trace.accept(x);
    for (int i = 0; i < stack.layers(); i++) {
      Parameters layer = p.at("layers", i);
      int index = i;
      x =
          layers.residual(
              x, layer.at("norm1"), y -> layers.attention(y, layer, stack, where, cache, index));
      x =
          layers.residual(
              x, layer.at("normCross"), y -> layers.cross(y, layer.at("cross"), memory, index));
      x = layers.residual(x, layer.at("norm2"), y -> layers.feedForward(y, layer.at("mlp"), stack));
      x = layers.output(x, p, i, stack, trace);
    }
    if (cache != null) {
      cache.advance(t);
    }
    return x;
  }

  /**
   * All intermediate results of one pass by the names that Hugging Face gives them, in the order of
   * the computation: {@code encoder_hidden_states.0} (the embeddings) and so on, {@code
   * decoder_hidden_states.0} and so on, {@code logits}.
   *
   * @param embeddings of the encoder's input, {@code [B, S, D]}
   * @param mask {@code [B, S]} or null
   * @param decoderIds {@code [B, T]}
   */
  public Map<String, Tensor> stages(Tensor embeddings, Tensor mask, Tensor decoderIds) {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    Tensor encoded =
        encode(embeddings, mask, x -> stages.put("encoder_hidden_states." + stages.size(), x));
    int before = stages.size();
    Tensor decoded =
        decode(
            embed(decoderIds),
            memory(encoded, mask),
            null,
            x -> stages.put("decoder_hidden_states." + (stages.size() - before), x));
    stages.put("logits", logits(decoded));
    return stages;
  }

  @Override
  public Tensor logits(Tensor hidden) {
    Tensor x = hidden;
    if (config.scaledOutput()) {
      x = x.mul(new Scalar(1 / Math.sqrt(config.width())));
    }
    Tensor bias = parameters.find("head.bias"); // [1, V]
    return Layers.linear(
        x,
        parameters.at(config.tied() ? "embed" : "head"),
        bias == null ? null : bias.view(config.vocabulary()));
  }

  @Override
  public void close() {
    parameters.close();
  }
}
