package io.lorgnette.mapper;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The Q-Former of BLIP-2 (Li et al. 2023, figure 2): queries and text attend to each other; the
 * queries, in every few layers, to the image; and each side has its own feed-forward. Norms stand
 * behind each sum, as in BERT.
 *
 * <p>Checked against LAVIS and Hugging Face. It borrows its weights, which change only by training;
 * all methods are safe for use by several threads.
 *
 * <p>Legend: B images or texts, N visual tokens, Di their width, Q queries, T tokens of a text, d
 * width, h heads.
 */
public final class QFormer {

  private final QFormerConfig config;
  private final Parameters parameters;

  /**
   * A Q-Former of given weights.
   *
   * @param parameters with at least the own names of {@link QFormerKeys}
   */
  public QFormer(QFormerConfig config, Parameters parameters) {
    this.config = config;
    this.parameters = parameters;
  }

  public QFormerConfig config() {
    return config;
  }

  /** What the queries make of each image: {@code [B, N, Di] -> [B, Q, d]}. */
  public Tensor see(Tensor images, Dropout dropout) {
    Tensor queries = embed(queries(images.size(0)), dropout);
    return run(queries, config.queries(), images, null, dropout, state -> {});
  }

  /**
   * Queries and a text that attend to each other, while the queries look at the image.
   *
   * @param images {@code [B, N, Di]}
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]}, true or 1 where a token is real; or null when all are
   * @return {@code [B, Q + T, d]}: the queries' outputs, then the text's
   */
  public Tensor seeAndRead(Tensor images, Tensor ids, Tensor mask, Dropout dropout) {
    Tensor allowed = null;
    if (mask != null) {
      Tensor real = Tensors.to(mask, Dtype.BOOL);
      Tensor queries = torch.ones(real.size(0), config.queries()).to(Dtype.BOOL.scalarType());
      allowed = keys(Tensors.cat(1, Tensors.to(queries, Tensors.device(real)), real));
    }
    return seeAndReadWhere(images, ids, allowed, dropout);
  }

  /**
   * As {@link #seeAndRead}, with a mask of the caller's, for instance one by which a text is
   * written: its tokens see the queries and those before them, and the queries see no text.
   *
   * @param allowed broadcastable to {@code [B, 1, Q + T, Q + T]}, true where one may look at
   *     another; or null
   */
  public Tensor seeAndReadWhere(Tensor images, Tensor ids, Tensor allowed, Dropout dropout) {
    Tensor both = Tensors.cat(1, queries(images.size(0)), words(ids));
    Tensor embedded = embed(both, dropout);
    return run(embedded, config.queries(), images, allowed, dropout, state -> {});
  }

  /**
   * A text alone.
   *
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]} or null
   * @return {@code [B, T, d]}
   */
  public Tensor read(Tensor ids, Tensor mask, Dropout dropout) {
    Tensor allowed = mask == null ? null : keys(Tensors.to(mask, Dtype.BOOL));
    return run(embed(words(ids), dropout), 0, null, allowed, dropout, state -> {});
  }

  /** The embedded queries and every layer's output, for comparison with a reference. */
  public List<Tensor> states(Tensor images) {
    List<Tensor> states = new ArrayList<>();
    Tensor queries = embed(queries(images.size(0)), Dropout.NONE);
    states.add(queries);
    run(queries, config.queries(), images, null, Dropout.NONE, states::add);
    return states;
  }

  private Tensor queries(long images) {
    return parameters.get("queries").expand(images, config.queries(), config.width());
  }

  /** {@code [B, T] -> [B, T, d]}, before the norm. */
  private Tensor words(Tensor ids) {
    if (config.text() == null) {
      throw new IllegalStateException("this Q-Former reads no text");
    }
    if (ids.size(1) > config.text().positions()) {
      throw new IllegalArgumentException(
          "a text of "
              + ids.size(1)
              + " tokens exceeds the Q-Former's "
              + config.text().positions()
              + " positions; shorten it");
    }
    Tensor words = torch.embedding(parameters.get("embed.words"), ids);
    return words.add(parameters.get("embed.positions").narrow(0, 0, ids.size(1)));
  }

  private Tensor embed(Tensor x, Dropout dropout) {
    return dropout.apply(norm(x, parameters.at("embed.norm")), config.dropout());
  }

  /** {@code [B, S] -> [B, 1, 1, S]}. */
  private static Tensor keys(Tensor mask) {
    return mask.view(mask.size(0), 1, 1, mask.size(1));
  }

  /**
   * All layers.
   *
   * @param x {@code [B, q + T, d]}
   * @param q how many of them are queries
   */
  private Tensor run(
      Tensor x, int q, Tensor images, Tensor allowed, Dropout dropout, Consumer<Tensor> trace) {
    Tensor seen = images == null ? null : input(images);
    Tensor state = x;
    for (int i = 0; i < config.layers(); i++) {
      Parameters p = parameters.at("layers", i);
      Tensor looked = config.looks(i) ? seen : null;
      state = layer(state, q, looked, allowed, p, dropout);
      trace.accept(state);
    }
    return state;
  }

  private Tensor input(Tensor images) {
    if (images.dim() != 3 || images.size(2) != config.imageWidth()) {
      throw new IllegalArgumentException(
          "the Q-Former takes features [images, tokens, "
              + config.imageWidth()
              + "] but got "
              + Tensors.describe(images));
    }
    Tensor weight = parameters.get("queries");
    return Tensors.to(images, Tensors.dtype(weight), Tensors.device(weight));
  }

  private Tensor layer(
      Tensor x, int q, Tensor images, Tensor allowed, Parameters p, Dropout dropout) {
    long d = config.width();
    long h = config.heads();
    Tensor qkv = Layers.linear(x, p.at("attention.qkv")); // [B, q + T, 3 d]
    Tensor attended =
        attend(
            Attention.heads(qkv.narrow(2, 0, d), h),
            Attention.heads(qkv.narrow(2, d, d), h),
            Attention.heads(qkv.narrow(2, 2 * d, d), h),
            allowed,
            dropout);
    Tensor y = sum(x, Layers.linear(attended, p.at("attention.out")), p.at("norm1"), dropout);
    long t = y.size(1) - q;
    if (q == 0) {
      return feedForward(y, p.at("text_mlp"), p.at("text_norm2"), dropout);
    }
    Tensor queries = y.narrow(1, 0, q);
    if (images != null) {
      queries = look(queries, images, p, dropout);
    }
    Tensor out = feedForward(queries, p.at("mlp"), p.at("norm2"), dropout);
    return t == 0
        ? out
        : Tensors.cat(
            1, out, feedForward(y.narrow(1, q, t), p.at("text_mlp"), p.at("text_norm2"), dropout));
  }

  /** Cross-attention: {@code [B, Q, d]} to {@code [B, N, Di]}. */
  private Tensor look(Tensor queries, Tensor images, Parameters p, Dropout dropout) {
    long d = config.width();
    long h = config.heads();
    Tensor kv = Layers.linear(images, p.at("cross.kv")); // [B, N, 2 d]
    Tensor seen =
        attend(
            Attention.heads(Layers.linear(queries, p.at("cross.q")), h),
            Attention.heads(kv.narrow(2, 0, d), h),
            Attention.heads(kv.narrow(2, d, d), h),
            null,
            dropout);
    return sum(queries, Layers.linear(seen, p.at("cross.out")), p.at("norm_cross"), dropout);
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v, Tensor allowed, Dropout dropout) {
    return Attention.attend(q, k, v, allowed, false, dropout, config.dropout());
  }

  private Tensor feedForward(Tensor x, Parameters mlp, Parameters norm, Dropout dropout) {
    Tensor hidden = config.activation().apply(Layers.linear(x, mlp.at("up")));
    return sum(x, Layers.linear(hidden, mlp.at("down")), norm, dropout);
  }

  private Tensor sum(Tensor x, Tensor more, Parameters norm, Dropout dropout) {
    return norm(x.add(dropout.apply(more, config.dropout())), norm);
  }

  private Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, config.normEpsilon());
  }
}
