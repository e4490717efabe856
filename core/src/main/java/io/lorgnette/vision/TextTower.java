package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.TextTowerConfig.Kind;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The text tower of CLIP (Radford et al. 2021) or SigLIP (Zhai et al. 2023): from token ids to one
 * vector for the text, in the space of its vision encoder.
 *
 * <p>CLIP's tokens see those before them, and the place of the end token stands for the text.
 * SigLIP's tokens see all, padding too, and the last place stands for the text, so texts must be
 * filled up to the full length. Weights do not change: one tower serves many threads.
 *
 * <p>Legend: B batch, T tokens, D width, J joint space.
 */
public final class TextTower implements AutoCloseable {

  private final TextTowerConfig config;
  private final Parameters weights;
  private final Dtype dtype;
  private final Device device;

  private TextTower(TextTowerConfig config, Parameters weights, Dtype dtype, Device device) {
    this.config = config;
    this.weights = weights;
    this.dtype = dtype;
    this.device = device;
  }

  /**
   * A tower with the weights of a checkpoint under the names of Hugging Face, OpenAI or OpenCLIP;
   * the vision part of a pair is passed over.
   *
   * @throws InputException if names or shapes do not fit the configuration
   */
  public static TextTower of(
      TextTowerConfig config, Checkpoint checkpoint, Dtype dtype, Device device) {
    return new TextTower(
        config,
        Parameters.of(TextTowerKeys.of(checkpoint, config).read(checkpoint, dtype, device)),
        dtype,
        device);
  }

  /** A tower over given weights under own names, which it shares. */
  static TextTower over(TextTowerConfig config, Parameters weights) {
    Tensor tokens = weights.get("embeddings.tokens");
    return new TextTower(config, weights, Tensors.dtype(tokens), Tensors.device(tokens));
  }

  /**
   * Loads the tower of a folder with {@code config.json} and weights in the form of Hugging Face,
   * of the text part alone or of a pair.
   *
   * @throws InputException if a file is absent or broken, or the kind is another
   */
  public static TextTower load(Path folder, Dtype dtype, Device device) {
    device.require();
    ConfigFile config = VisionEncoders.config(folder);
    switch (config.text("model_type")) {
      case "clip",
          "clip_text_model",
          "siglip",
          "siglip_text_model",
          "siglip2",
          "siglip2_text_model" -> {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
          boolean hasProjection = TextTowerKeys.hasProjection(checkpoint);
          return of(TextTowerConfig.from(config, hasProjection), checkpoint, dtype, device);
        }
      }
      default ->
          throw config.wrong(
              "model_type",
              "is " + config.text("model_type"),
              "clip, siglip or siglip2, or one of these with _text_model");
    }
  }

  /**
   * Token ids of texts, cut or filled up to this tower's length.
   *
   * @return {@code [B, T]}
   */
  public Tensor ids(Tokenizer tokenizer, List<String> texts) {
    long[] ids = new long[Math.multiplyExact(texts.size(), config.positions())];
    int at = 0;
    for (String text : texts) {
      PaddedIds padded = tokenizer.encodePadded(text, config.positions(), config.padToken());
      for (int id : padded.ids()) {
        ids[at++] = id;
      }
    }
    return Tensors.ofLongs(ids, texts.size(), config.positions());
  }

  /**
   * The states after the last norm.
   *
   * @param ids {@code [B, T]}, I64
   * @param mask {@code [B, T]}, 1 at text and 0 at padding, which must be on the right; or null. It
   *     changes states at padding only, for CLIP; SigLIP was trained without.
   * @return {@code [B, T, D]}
   * @throws IllegalArgumentException if ids or mask do not fit the tower
   */
  public Tensor encode(Tensor ids, Tensor mask) {
    return encode(ids, mask, Trace.NONE);
  }

  /** As {@link #encode(Tensor, Tensor)}, showing the stages {@code hidden_states.0} and so on. */
  public Tensor encode(Tensor ids, Tensor mask, Trace trace) {
    check(ids, mask);
    Parameters embeddings = weights.at("embeddings");
    Tensor places = embeddings.get("positions").narrow(0, 0, ids.size(1));
    Tensor allowed = mask == null ? null : allowed(Tensors.to(mask, device));
    try (Chain x = new Chain(Tensors.to(ids, device))) {
      x.step(i -> torch.embedding(embeddings.get("tokens"), i))
          .step(y -> y.add(places))
          .named("hidden_states.0", trace);
      boolean causal = config.kind() == Kind.CLIP && mask == null;
      TowerLayers.run(x, weights, config.tower(), config.tower().layers(), allowed, causal, trace);
      x.step(y -> TowerLayers.norm(y, weights.at("final_norm"), config.tower()));
      return x.value().alias();
    }
  }

  /** Where tokens may look: at text, and for CLIP at no later place; {@code [B, 1, 1 or T, T]}. */
  private Tensor allowed(Tensor mask) {
    long length = mask.size(1);
    Tensor text = mask.ne(new Scalar(0)).view(mask.size(0), 1, 1, length);
    if (config.kind() == Kind.SIGLIP) {
      return text;
    }
    Tensor places = Tensors.range(length, device);
    return text.logical_and(places.view(1, length).le(places.view(length, 1)));
  }

  /**
   * The texts in the joint space of images and texts, not normalised.
   *
   * @param ids {@code [B, T]}, I64
   * @param mask as in {@link #encode(Tensor, Tensor)}
   * @return {@code [B, J]}
   * @throws IllegalStateException if the checkpoint has no projection
   */
  public Tensor textEmbeds(Tensor ids, Tensor mask) {
    return projected(ids, encode(ids, mask));
  }

  /** From the states of {@link #encode}: {@code [B, T, D] -> [B, J]}. */
  Tensor projected(Tensor ids, Tensor states) {
    if (config.projection() == 0) {
      throw new IllegalStateException("this text tower has no projection to a joint space");
    }
    return Layers.linear(pooled(ids, states), weights.at("projection"));
  }

  /**
   * The states that stand for the texts.
   *
   * @param ids {@code [B, T]}
   * @param states {@code [B, T, D]}, of {@link #encode}
   * @return {@code [B, D]}
   * @throws IllegalArgumentException if a text of CLIP is without end token
   */
  public Tensor pooled(Tensor ids, Tensor states) {
    if (config.kind() == Kind.SIGLIP) {
      return states.select(1, states.size(1) - 1);
    }
    Tensor here = Tensors.to(ids, device);
    Tensor marks = here;
    if (config.endToken() > 0) {
      marks = Tensors.to(here.eq(new Scalar(config.endToken())), Dtype.I64);
      for (long found : Tensors.toLongs(marks.sum(new long[] {1}, false, null))) {
        if (found == 0) {
          throw new IllegalArgumentException(
              "a text is without the end token "
                  + config.endToken()
                  + "; tokenize with special tokens");
        }
      }
    }
    Tensor ends = marks.argmax(new LongOptional(1), false); // [B], the first of the largest
    Tensor index = ends.view(ids.size(0), 1, 1).expand(ids.size(0), 1, states.size(2));
    return states.gather(1, index).squeeze(1);
  }

  private void check(Tensor ids, Tensor mask) {
    long length = ids.dim() == 2 ? ids.size(1) : 0;
    boolean fits =
        config.kind() == Kind.SIGLIP
            ? length == config.positions()
            : length >= 1 && length <= config.positions();
    if (!fits || Tensors.dtype(ids) != Dtype.I64) {
      throw new IllegalArgumentException(
          "token ids must be [B, T] with T "
              + (config.kind() == Kind.SIGLIP ? "" : "up to ")
              + config.positions()
              + " but are "
              + Tensors.describe(ids)
              + " "
              + Tensors.dtype(ids));
    }
    for (long id : Tensors.toLongs(ids)) {
      if (id < 0 || id >= config.vocabulary()) {
        throw new IllegalArgumentException(
            "token id " + id + " is none of the tower's " + config.vocabulary());
      }
    }
    if (mask != null) {
      checkMask(mask, ids);
    }
  }

  private static void checkMask(Tensor mask, Tensor ids) {
    if (!Tensors.describe(mask).equals(Tensors.describe(ids))) {
      throw new IllegalArgumentException(
          "a mask of " + Tensors.describe(mask) + " is not for ids of " + Tensors.describe(ids));
    }
    for (long first : Tensors.toLongs(mask.select(1, 0))) {
      if (first == 0) {
        throw new IllegalArgumentException("padding must be on the right of a text");
      }
    }
  }

  /** The configuration. */
  public TextTowerConfig config() {
    return config;
  }

  /** The format that the tower computes in. */
  public Dtype dtype() {
    return dtype;
  }

  /** The weights as they are used, for tuning. */
  public Parameters parameters() {
    return weights;
  }

  @Override
  public void close() {
    weights.close();
  }
}
