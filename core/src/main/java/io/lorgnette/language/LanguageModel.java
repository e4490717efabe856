package io.lorgnette.language;

import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.nn.Rotary;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A causal language model over embeddings. Immutable: one loaded model serves many threads; what
 * belongs to one batch of sequences lives in its {@link KvCache}.
 *
 * <p>Checked against Hugging Face's GPT-2, GPT-Neo, GPT-J, OPT, LLaMA, Mistral, Qwen2 and Qwen3
 * (hidden states, logits, gradients of a prefix). Legend: see the package.
 */
public final class LanguageModel implements TextModel {

  private final DecoderConfig config;
  private final Parameters parameters;
  private final Rotary rotary; // null for learned positions
  private final Insertions insertions;
  private final ForwardPass forward;
  private final String identity;

  private LanguageModel(
      DecoderConfig config,
      Parameters parameters,
      Rotary rotary,
      Insertions insertions,
      String identity) {
    this.config = config;
    this.parameters = parameters;
    this.rotary = rotary;
    this.insertions = insertions;
    this.forward = new ForwardPass(config, parameters, rotary, insertions);
    this.identity = identity;
  }

  /**
   * Loads {@code config.json} and the checkpoint beside it, or a GGUF file, which holds both.
   *
   * @param folder of the model, or its GGUF file
   * @throws io.lorgnette.error.InputException if they do not describe a supported model
   */
  public static LanguageModel load(Path folder, Dtype dtype, Device device) {
    return load(folder, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Dtype, Device)}, its matrices kept in fewer bits perhaps. */
  public static LanguageModel load(Path folder, Precision precision, Device device) {
    DecoderConfig config = HfConfig.of(HfFields.ofModel(folder));
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      return load(config, checkpoint, precision.compute(), device);
    }
  }

  static LanguageModel load(
      DecoderConfig config, Checkpoint checkpoint, Dtype dtype, Device device) {
    device.require();
    Parameters parameters = Parameters.of(config.keys().read(checkpoint, dtype, device));
    return of(config, parameters, "sha256:" + checkpoint.sha256());
  }

  /**
   * A model of given tensors, which it owns from then on.
   *
   * @param parameters under the own names of {@link DecoderConfig#keys}
   */
  public static LanguageModel of(DecoderConfig config, Parameters parameters, String identity) {
    Tensor embedding = parameters.get("embed.weight");
    Rotary rotary =
        config.rotary() == null
            ? null
            : Rotary.of(
                config.rotary(),
                config.headWidth(),
                config.positions(),
                Tensors.dtype(embedding),
                Tensors.device(embedding));
    return new LanguageModel(config, parameters, rotary, Insertions.NONE, identity);
  }

  /**
   * The same model over other tensors of the same format and place, for instance copies in which a
   * gradient flows back to master weights. It shares this model's tables and is not closed.
   */
  public LanguageModel with(Parameters others) {
    return new LanguageModel(config, others, rotary, insertions, identity);
  }

  /**
   * The same model with more words behind its own. It shares this model's tensors and tables and is
   * not closed; its tables of words belong to the current scope.
   *
   * @param rows {@code [n, D]}, their embeddings
   * @param scores {@code [n, D]}, from which their scores are computed; not used where the output
   *     matrix is the embedding
   */
  public LanguageModel withWords(Tensor rows, Tensor scores) {
    Map<String, Tensor> all = new LinkedHashMap<>(parameters.asMap());
    append(all, "embed.weight", rows);
    all.remove("embed.weight" + Precision.PACKED);
    if (!config.tied()) {
      Tensor packed = all.remove("head.weight" + Precision.PACKED);
      if (packed != null) {
        all.put("head.weight", OneDnn.unpack(packed));
      }
      append(all, "head.weight", scores);
    }
    Tensor bias = parameters.find("head.bias");
    if (bias != null) {
      long more = rows.size(0);
      all.put("head.bias", Tensors.cat(0, bias, Tensors.zeros(dtype(), device(), more)));
    }
    DecoderConfig larger = config.withMoreWords(Math.toIntExact(rows.size(0)));
    return new LanguageModel(larger, Parameters.of(all), rotary, insertions, identity);
  }

  private void append(Map<String, Tensor> all, String name, Tensor rows) {
    all.put(name, Tensors.cat(0, all.get(name), Tensors.to(rows, dtype(), device())));
  }

  /**
   * The same model with something put between its parts. It shares this model's tensors and tables
   * and is not closed.
   *
   * @throws IllegalArgumentException if they do not fit the model
   */
  public LanguageModel with(Insertions others) {
    others.check(config);
    return new LanguageModel(config, parameters, rotary, others, identity);
  }

  /**
   * A model to be trained: normal weights of deviation 0.02, those before a residual sum divided by
   * the square root of the number of such sums (Radford et al. 2019).
   */
  public static LanguageModel random(DecoderConfig config, long seed, Device device) {
    double residual = RandomWeights.DEVIATION / Math.sqrt(2.0 * config.layers());
    Parameters tensors =
        RandomWeights.of(config.keys().shapes(), RandomWeights.DEVIATION, residual, seed, device);
    return of(config, tensors, "random:" + seed);
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
   * @param positions {@code [B, T]}, or null for the number of real tokens before each
   * @param cache holds the S - T tokens before and takes the new ones, or null
   * @return {@code [B, T, D]}
   */
  public Tensor hidden(Tensor embeddings, Tensor mask, Tensor positions, KvCache cache) {
    return run(embeddings, mask, positions, cache, state -> {});
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
    Tensor[] byLayer = CausalMask.within(allowed, positions, config.windows());
    return forward.run(input(embeddings), byLayer, positions, null, state -> {});
  }

  /**
   * A loss of hidden states, for training what stands before this model in less memory: of each
   * layer only the input is kept, and the layer is run again for the gradient (activation
   * checkpointing, Chen et al. 2016). Value and gradient are those of the loss itself.
   *
   * @param embeddings {@code [B, T, D]}, the only thing that gets a gradient
   * @param allowed as in {@link #hiddenWhere}, or null where order says it
   * @param positions {@code [B, T]}, or null with {@code allowed}
   * @param loss of the hidden states {@code [B, T, D]}, a scalar
   * @throws IllegalStateException if something in the layers is trained
   */
  public Tensor lossRecomputing(
      Tensor embeddings, Tensor allowed, Tensor positions, UnaryOperator<Tensor> loss) {
    Tensor[] byLayer =
        allowed == null
            ? CausalMask.of(null, embeddings.size(1), 0, config.windows(), device())
            : CausalMask.within(allowed, positions, config.windows());
    return forward.lossRecomputing(input(embeddings), byLayer, positions, loss);
  }

  /** Every layer's input and the last hidden states, for comparison with a reference. */
  public List<Tensor> hiddenStates(Tensor embeddings, Tensor mask, Tensor positions) {
    List<Tensor> states = new ArrayList<>();
    states.add(run(embeddings, mask, positions, null, states::add));
    return states;
  }

  private Tensor run(
      Tensor embeddings, Tensor mask, Tensor positions, KvCache cache, Consumer<Tensor> trace) {
    long t = embeddings.size(1);
    long past = cache == null ? 0 : cache.length();
    Tensor counted = mask == null || positions != null ? positions : realBefore(mask, t);
    Tensor[] allowed = CausalMask.of(mask, t, past, config.windows(), device());
    return forward.run(input(embeddings), allowed, counted, cache, trace);
  }

  private Tensor input(Tensor embeddings) {
    return Tensors.to(embeddings, dtype(), device());
  }

  /** How many real tokens stand before each of the last t: {@code [B, S] -> [B, T]}. */
  private static Tensor realBefore(Tensor mask, long t) {
    Tensor real = Tensors.to(mask, Dtype.I64); // padding has the position of the token behind it
    return torch.cumsum(real, 1).sub(real).narrow(1, real.size(1) - t, t);
  }

  @Override
  public Tensor logits(Tensor hidden) {
    Parameters matrix = parameters.at(config.tied() ? "embed" : "head");
    return Layers.linear(hidden, matrix, parameters.find("head.bias"));
  }

  @Override
  public void close() {
    parameters.close();
    if (rotary != null) {
      rotary.close();
    }
  }
}
