package io.lorgnette.language;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.nn.Rotary;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A causal language model over embeddings. Immutable: one loaded model serves many threads; what
 * belongs to one batch of sequences lives in its {@link KvCache}.
 *
 * <p>Checked against Hugging Face's GPT-2, LLaMA, Mistral and Qwen2 (hidden states, logits,
 * gradients of a prefix).
 */
public final class LanguageModel implements TextModel {

  private final DecoderConfig config;
  private final Parameters parameters;
  private final Parameters[] layers;
  private final Rotary rotary; // null for learned positions
  private final String identity;

  private LanguageModel(
      DecoderConfig config, Parameters parameters, Rotary rotary, String identity) {
    this.config = config;
    this.parameters = parameters;
    this.rotary = rotary;
    this.identity = identity;
    this.layers = new Parameters[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = parameters.at("layers", i);
    }
  }

  /**
   * Loads {@code config.json} and the safetensors beside it.
   *
   * @throws io.lorgnette.error.InputException if they do not describe a supported model
   */
  public static LanguageModel load(Path folder, Dtype dtype, Device device) {
    DecoderConfig config = HfConfig.read(folder.resolve("config.json"));
    device.require();
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Parameters parameters = Parameters.of(config.keys().read(checkpoint, dtype, device));
      return of(config, parameters, "sha256:" + checkpoint.sha256());
    }
  }

  /**
   * A model of given tensors, which it owns from then on.
   *
   * @param parameters under the own names of {@link DecoderConfig#keys}
   */
  public static LanguageModel of(DecoderConfig config, Parameters parameters, String identity) {
    Tensor embedding = parameters.get("embed.weight");
    Rotary rotary =
        config.learnedPositions()
            ? null
            : Rotary.of(
                config.headWidth(),
                config.positions(),
                config.rotaryTheta(),
                config.rotaryScaling(),
                Tensors.dtype(embedding),
                Tensors.device(embedding));
    return new LanguageModel(config, parameters, rotary, identity);
  }

  /**
   * The same model over other tensors of the same format and place, for instance copies in which a
   * gradient flows back to master weights. It shares this model's tables and is not closed.
   */
  public LanguageModel with(Parameters others) {
    return new LanguageModel(config, others, rotary, identity);
  }

  /**
   * A model to be trained: normal weights of deviation 0.02, those before a residual sum divided by
   * the square root of the number of such sums (Radford et al. 2019).
   */
  public static LanguageModel random(DecoderConfig config, long seed, Device device) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    double residual = 0.02 / Math.sqrt(2.0 * config.layers());
    device.require();
    Engine.seed(seed);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      config
          .keys()
          .shapes()
          .forEach(
              (name, sizes) -> {
                long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
                Tensor tensor = Tensors.zeros(Dtype.F32, Device.CPU, shape);
                if (name.contains("norm") && name.endsWith("weight")) {
                  tensor.fill_(new Scalar(1.0));
                } else if (name.endsWith("weight")) {
                  boolean before = name.endsWith("out.weight") || name.endsWith("down.weight");
                  torch.normal_(tensor, 0, before ? residual : 0.02);
                }
                tensors.put(name, Scope.release(Tensors.to(tensor, device)));
              });
    }
    return of(config, Parameters.of(tensors), "random:" + seed);
  }

  public DecoderConfig config() {
    return config;
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
    return config.positions();
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
  public Dtype dtype() {
    return Tensors.dtype(parameters.get("embed.weight"));
  }

  @Override
  public Device device() {
    return Tensors.device(parameters.get("embed.weight"));
  }

  /** An empty cache for a batch of sequences of at most {@code capacity} tokens. */
  public KvCache newCache(long batch, long capacity) {
    return KvCache.of(
        config.layers(), batch, config.kvHeads(), capacity, config.headWidth(), dtype(), device());
  }

  @Override
  public Tensor embed(Tensor ids) {
    return torch.embedding(parameters.get("embed.weight"), ids);
  }

  /** Hidden states of whole sequences without padding on the left: {@code [B, T, D]} both. */
  public Tensor hidden(Tensor embeddings) {
    return hidden(embeddings, null, null, null);
  }

  /**
   * Hidden states after the final norm.
   *
   * @param embeddings {@code [B, T, D]}
   * @param mask {@code [B, S]}, true or 1 where a key is a real token, or null when all are;
   *     padding on the right needs none, since no real token looks ahead
   * @param positions {@code [B, T]}, or null for those that follow the cache's
   * @param cache holds the S - T tokens before and takes the new ones, or null
   * @return {@code [B, T, D]}
   */
  public Tensor hidden(Tensor embeddings, Tensor mask, Tensor positions, KvCache cache) {
    return run(embeddings, allowed(embeddings, mask, cache), positions, cache, state -> {});
  }

  /**
   * Hidden states of sequences with a mask of their own, for instance several texts that share what
   * stands before them.
   *
   * @param embeddings {@code [B, T, D]}
   * @param allowed {@code [B, 1, T, T]}, true where a token may look; every row has a true
   * @param positions {@code [B, T]}
   * @return {@code [B, T, D]}
   */
  public Tensor hiddenWhere(Tensor embeddings, Tensor allowed, Tensor positions) {
    return run(embeddings, allowed, positions, null, state -> {});
  }

  /** Every layer's input and the output of the final norm, for comparison with a reference. */
  public List<Tensor> hiddenStates(Tensor embeddings, Tensor mask, Tensor positions) {
    List<Tensor> states = new ArrayList<>();
    states.add(run(embeddings, allowed(embeddings, mask, null), positions, null, states::add));
    return states;
  }

  /** Which tokens may look where; null where the order of the tokens says it. */
  private Tensor allowed(Tensor embeddings, Tensor mask, KvCache cache) {
    long t = embeddings.size(1);
    long past = cache == null ? 0 : cache.length();
    boolean plain = mask == null && (config.window() == 0 || past + t <= config.window());
    return plain && (past == 0 || t == 1)
        ? null
        : CausalMask.of(mask, t, past, config.window(), device());
  }

  private Tensor run(
      Tensor embeddings, Tensor allowed, Tensor positions, KvCache cache, Consumer<Tensor> trace) {
    long t = embeddings.size(1);
    long past = cache == null ? 0 : cache.length();
    // Nothing but the order to mask: the kernel does that itself.
    boolean causal = allowed == null && past == 0 && t > 1;
    Tensor x = Tensors.to(embeddings, dtype(), device()); // [B, T, D]
    Tensor[] angles = null;
    if (rotary != null) {
      angles = positions == null ? rotary.at(past, t) : rotary.at(positions);
    } else {
      Tensor table = parameters.get("positions.weight");
      x = x.add(positions == null ? learned(past, t) : torch.embedding(table, positions));
    }
    for (int i = 0; i < layers.length; i++) {
      trace.accept(x);
      Parameters p = layers[i];
      x = x.add(attention(norm(x, p.at("norm1")), i, angles, allowed, causal, cache));
      x = x.add(feedForward(norm(x, p.at("norm2")), p.at("mlp")));
    }
    if (cache != null) {
      cache.advance(t);
    }
    return norm(x, parameters.at("norm"));
  }

  private Tensor learned(long past, long t) {
    if (past + t > config.positions()) {
      throw new IllegalArgumentException(
          "positions up to "
              + (past + t)
              + " exceed the model's "
              + config.positions()
              + "; shorten the prompt or the answer");
    }
    return parameters.get("positions.weight").narrow(0, past, t);
  }

  private Tensor attention(
      Tensor x, int layer, Tensor[] angles, Tensor allowed, boolean causal, KvCache cache) {
    Parameters p = layers[layer].at("attention");
    long d = config.headWidth();
    long queries = config.heads() * d;
    long keys = config.kvHeads() * d;
    Tensor qkv = Layers.linear(x, p.at("qkv")); // [B, T, (h + 2 hkv) d]
    Tensor q = Attention.heads(qkv.narrow(2, 0, queries), config.heads());
    Tensor k = Attention.heads(qkv.narrow(2, queries, keys), config.kvHeads());
    Tensor v = Attention.heads(qkv.narrow(2, queries + keys, keys), config.kvHeads());
    if (angles != null) {
      q = Rotary.turn(q, angles);
      k = Rotary.turn(k, angles);
    }
    if (cache != null) {
      Tensor[] all = cache.append(layer, k, v); // [B, hkv, S, d]
      k = all[0];
      v = all[1];
    }
    return Layers.linear(Attention.attend(q, k, v, allowed, causal, 0), p.at("out"));
  }

  private Tensor feedForward(Tensor x, Parameters p) {
    Tensor up = Layers.linear(x, p.at("up"));
    if (!config.family().gated()) {
      return Layers.linear(config.activation().apply(up), p.at("down"));
    }
    long f = config.hidden();
    Tensor gate = config.activation().apply(up.narrow(2, 0, f));
    return Layers.linear(gate.mul(up.narrow(2, f, f)), p.at("down"));
  }

  private Tensor norm(Tensor x, Parameters p) {
    return config.family().gated()
        ? Layers.rmsNorm(x, p, config.normEpsilon())
        : Layers.layerNorm(x, p, config.normEpsilon());
  }

  @Override
  public Tensor logits(Tensor hidden) {
    String matrix = config.tied() ? "embed.weight" : "head.weight";
    return Layers.linear(hidden, parameters.get(matrix), null);
  }

  @Override
  public void close() {
    parameters.close();
    if (rotary != null) {
      rotary.close();
    }
  }
}
