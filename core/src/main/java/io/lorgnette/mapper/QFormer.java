package io.lorgnette.mapper;

import io.lorgnette.nn.Attention;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
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
    // They are the same for all images until they look at one.
    long rows = dropout.active() ? images.size(0) : 1;
    return run(embed(queries(rows), dropout), seeing(once(images), Memory.NONE, dropout));
  }

  /** As {@link #see(Tensor, Dropout)}, and shows how the queries attend to the image. */
  public Tensor see(Tensor images, AttentionTrace trace) {
    Pass pass = seeing(once(images), Memory.NONE, Dropout.NONE).tracedBy(trace);
    return run(embed(queries(1), Dropout.NONE), pass);
  }

  /**
   * Images as the layers look at them.
   *
   * <p>{@link #show} computes each layer's once: for passes that look at the same images.
   */
  @FunctionalInterface
  public interface Images {

    /**
     * The keys and values of a layer that looks: {@code [B, N, 2 d]}.
     *
     * @param layer from 0 on
     */
    Tensor keysAndValues(int layer);

    /** Some of them, in another order or more than once. */
    default Images rows(Tensor index) {
      return layer -> keysAndValues(layer).index_select(0, index);
    }

    /** These, then those, then others. */
    static Images all(Images... parts) {
      return layer ->
          Tensors.cat(
              0,
              Arrays.stream(parts).map(part -> part.keysAndValues(layer)).toArray(Tensor[]::new));
    }
  }

  /**
   * Images for several passes; belongs to the scope that it is used in, and to one thread.
   *
   * @param images {@code [B, N, Di]}
   */
  public Images show(Tensor images) {
    Images computed = once(images);
    Tensor[] kept = new Tensor[config.layers()];
    return layer -> {
      if (kept[layer] == null) {
        kept[layer] = computed.keysAndValues(layer);
      }
      return kept[layer];
    };
  }

  /** Images for one pass, in which each layer looks once. */
  private Images once(Tensor images) {
    if (images.dim() != 3 || images.size(2) != config.imageWidth()) {
      throw new IllegalArgumentException(
          "the Q-Former takes features [images, tokens, "
              + config.imageWidth()
              + "] but got "
              + Tensors.describe(images));
    }
    Tensor weight = parameters.get("queries");
    Tensor seen = Tensors.to(images, Tensors.dtype(weight), Tensors.device(weight));
    return layer -> Layers.linear(seen, parameters.at("layers", layer).at("cross.kv"));
  }

  /**
   * What the queries make of each image, with all that a text written about it looks back on.
   *
   * @param states {@code [B, Q, d]}
   * @param keys of every layer, each {@code [B, h, Q, d / h]}
   * @param values as {@code keys}
   */
  public record Seen(Tensor states, List<Tensor> keys, List<Tensor> values) {}

  /** As {@link #see(Tensor, Dropout)}, remembered for {@link #write}. */
  public Seen seeForText(Tensor images, Dropout dropout) {
    return seeForText(once(images), images.size(0), dropout);
  }

  /**
   * As {@link #seeForText(Tensor, Dropout)}, of images for several passes.
   *
   * @param count B of the images
   */
  public Seen seeForText(Images images, long count, Dropout dropout) {
    List<Tensor> keys = new ArrayList<>();
    List<Tensor> values = new ArrayList<>();
    Memory memory =
        (layer, k, v) -> {
          keys.add(k);
          values.add(v);
          return KvCache.Held.of(k, v);
        };
    Tensor queries = embed(queries(count), dropout);
    return new Seen(run(queries, seeing(images, memory, dropout)), keys, values);
  }

  /**
   * A text as it is written about an image: every token sees the queries and what stands before it.
   * The queries saw no text.
   *
   * @param seen of B images
   * @param ids {@code [B, T]}; padding on the right needs no mask, since nothing looks ahead
   * @return {@code [B, T, d]}
   */
  public Tensor write(Seen seen, Tensor ids, Dropout dropout) {
    long q = config.queries();
    long t = ids.size(1);
    Device device = Tensors.device(ids);
    Tensor before = Tensors.range(t, device).add(new Scalar(q)).view(t, 1);
    Tensor allowed = Tensors.range(q + t, device).view(1, q + t).le(before).view(1, 1, t, q + t);
    Memory memory =
        (layer, k, v) ->
            KvCache.Held.of(
                Tensors.cat(2, seen.keys().get(layer), k),
                Tensors.cat(2, seen.values().get(layer), v));
    return run(embed(words(ids, 0), dropout), new Pass(0, null, allowed, memory, dropout));
  }

  /**
   * Begins texts that are written token by token, one about each image.
   *
   * @param images {@code [B, N, Di]}
   * @param tokens that will be run at most
   * @return a cache that holds what the queries saw; the caller closes it
   */
  public KvCache begin(Tensor images, long tokens) {
    Tensor weight = parameters.get("queries");
    KvCache cache =
        KvCache.of(
            config.layers(),
            images.size(0),
            config.heads(),
            config.queries() + tokens,
            config.width() / config.heads(),
            Tensors.dtype(weight),
            Tensors.device(weight));
    Tensor queries = embed(queries(images.size(0)), Dropout.NONE);
    run(queries, seeing(once(images), cache::append, Dropout.NONE));
    cache.advance(config.queries());
    return cache;
  }

  /**
   * The next token of every text, run behind those before it.
   *
   * @param ids {@code [R, 1]} for the R rows of the cache
   * @param cache from {@link #begin}
   * @return {@code [R, 1, d]}
   */
  public Tensor next(Tensor ids, KvCache cache) {
    Tensor word = embed(words(ids, cache.length() - config.queries()), Dropout.NONE);
    Tensor state = run(word, new Pass(0, null, null, cache::append, Dropout.NONE));
    cache.advance(1);
    return state;
  }

  /**
   * Queries and a text that attend to each other, while the queries look at the image.
   *
   * @param images {@code [B, N, Di]}, or {@code [1, N, Di]} for one that all texts are about
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]}, true or 1 where a token is real; or null when all are
   * @return {@code [B, Q + T, d]}: the queries' outputs, then the text's
   */
  public Tensor seeAndRead(Tensor images, Tensor ids, Tensor mask, Dropout dropout) {
    return seeAndRead(once(images), ids, mask, dropout);
  }

  /** As {@link #seeAndRead(Tensor, Tensor, Tensor, Dropout)}, of images for several passes. */
  public Tensor seeAndRead(Images images, Tensor ids, Tensor mask, Dropout dropout) {
    return seeAndRead(images, ids, real(mask), dropout, AttentionTrace.NONE);
  }

  /**
   * As {@link #seeAndRead(Tensor, Tensor, Tensor, Dropout)}, and shows how the queries attend to
   * the image.
   */
  public Tensor seeAndRead(Tensor images, Tensor ids, Tensor mask, AttentionTrace trace) {
    return seeAndRead(once(images), ids, real(mask), Dropout.NONE, trace);
  }

  /** Where queries and a text of real and padding tokens may look, or null. */
  private Tensor real(Tensor mask) {
    if (mask == null) {
      return null;
    }
    Tensor real = Tensors.to(mask, Dtype.BOOL);
    Tensor queries = torch.ones(real.size(0), config.queries()).to(Dtype.BOOL.scalarType());
    return keys(Tensors.cat(1, Tensors.to(queries, Tensors.device(real)), real));
  }

  /**
   * As {@link #seeAndRead(Tensor, Tensor, Tensor, Dropout)}, with a mask of the caller's, for
   * instance one by which a text is written: its tokens see the queries and those before them, and
   * the queries see no text.
   *
   * @param allowed broadcastable to {@code [B, 1, Q + T, Q + T]}, true where one may look at
   *     another; or null
   */
  public Tensor seeAndReadWhere(Tensor images, Tensor ids, Tensor allowed, Dropout dropout) {
    return seeAndRead(once(images), ids, allowed, dropout, AttentionTrace.NONE);
  }

  private Tensor seeAndRead(
      Images images, Tensor ids, Tensor allowed, Dropout dropout, AttentionTrace trace) {
    Tensor both = Tensors.cat(1, queries(ids.size(0)), words(ids, 0));
    Pass pass = new Pass(config.queries(), images, allowed, Memory.NONE, dropout);
    return run(embed(both, dropout), pass.tracedBy(trace));
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
    Pass pass = new Pass(0, null, allowed, Memory.NONE, dropout);
    return run(embed(words(ids, 0), dropout), pass);
  }

  /** The embedded queries and every layer's output, for comparison with a reference. */
  public List<Tensor> states(Tensor images) {
    List<Tensor> states = new ArrayList<>();
    Tensor queries = embed(queries(images.size(0)), Dropout.NONE);
    states.add(queries);
    run(queries, seeing(once(images), Memory.NONE, Dropout.NONE), states::add);
    return states;
  }

  private Tensor queries(long images) {
    return parameters.get("queries").expand(images, config.queries(), config.width());
  }

  /**
   * {@code [B, T] -> [B, T, d]}, before the norm.
   *
   * @param first position of the first token
   */
  private Tensor words(Tensor ids, long first) {
    if (config.text() == null) {
      throw new IllegalStateException("this Q-Former reads no text");
    }
    long end = first + ids.size(1);
    if (end > config.text().positions()) {
      throw new IllegalArgumentException(
          "a text of "
              + end
              + " tokens exceeds the Q-Former's "
              + config.text().positions()
              + " positions; shorten it");
    }
    Tensor words = torch.embedding(parameters.get("embed.words"), ids);
    return words.add(parameters.get("embed.positions").narrow(0, first, ids.size(1)));
  }

  private Tensor embed(Tensor x, Dropout dropout) {
    return dropout.apply(norm(x, parameters.at("embed.norm")), config.dropout());
  }

  /** {@code [B, S] -> [B, 1, 1, S]}. */
  private static Tensor keys(Tensor mask) {
    return mask.view(mask.size(0), 1, 1, mask.size(1));
  }

  /** Keys and values of positions that were run before: given the new ones, all of them. */
  @FunctionalInterface
  private interface Memory {

    /** Nothing was run before. */
    Memory NONE = (layer, k, v) -> KvCache.Held.of(k, v);

    KvCache.Held with(int layer, Tensor k, Tensor v);
  }

  /**
   * What holds for all layers of a pass.
   *
   * @param queries how many of the positions, from the first, are queries
   * @param images that they look at, or null
   * @param allowed who may look at whom, or null
   * @param trace sees how queries look at the images
   */
  private record Pass(
      int queries,
      Images images,
      Tensor allowed,
      Memory memory,
      Dropout dropout,
      AttentionTrace trace) {

    Pass(int queries, Images images, Tensor allowed, Memory memory, Dropout dropout) {
      this(queries, images, allowed, memory, dropout, AttentionTrace.NONE);
    }

    Pass tracedBy(AttentionTrace other) {
      return new Pass(queries, images, allowed, memory, dropout, other);
    }
  }

  private Pass seeing(Images images, Memory memory, Dropout dropout) {
    return new Pass(config.queries(), images, null, memory, dropout);
  }

  private Tensor run(Tensor x, Pass pass) {
    return run(x, pass, state -> {});
  }

  /** All layers: {@code [B, q + T, d]} both. */
  private Tensor run(Tensor x, Pass pass, Consumer<Tensor> trace) {
    Tensor state = x;
    for (int i = 0; i < config.layers(); i++) {
      state = layer(i, state, pass);
      trace.accept(state);
    }
    return state;
  }

  private Tensor layer(int index, Tensor x, Pass pass) {
    Parameters p = parameters.at("layers", index);
    Dropout dropout = pass.dropout();
    long d = config.width();
    long h = config.heads();
    Tensor qkv = Layers.linear(x, p.at("attention.qkv")); // [B, q + T, 3 d]
    KvCache.Held held =
        pass.memory()
            .with(
                index,
                Attention.heads(qkv.narrow(2, d, d), h),
                Attention.heads(qkv.narrow(2, 2 * d, d), h));
    Tensor attended =
        attend(
            Attention.heads(qkv.narrow(2, 0, d), h),
            held.keys(),
            held.values(),
            pass.allowed(),
            dropout);
    Tensor y = sum(x, Layers.linear(attended, p.at("attention.out")), p.at("norm1"), dropout);
    int q = pass.queries();
    if (q == 0) {
      return feedForward(y, p.at("text_mlp"), p.at("text_norm2"), dropout);
    }
    Tensor queries = y.narrow(1, 0, q);
    if (config.looks(index)) {
      queries = look(index, queries, pass);
    }
    Tensor out = feedForward(queries, p.at("mlp"), p.at("norm2"), dropout);
    long t = y.size(1) - q;
    return t == 0
        ? out
        : Tensors.cat(
            1, out, feedForward(y.narrow(1, q, t), p.at("text_mlp"), p.at("text_norm2"), dropout));
  }

  /**
   * Cross-attention of {@code [B, Q, d]} to {@code [B, N, Di]}; on either side one may stand for
   * all. All queries that look at one image are queries of one row.
   */
  private Tensor look(int index, Tensor any, Pass pass) {
    Parameters p = parameters.at("layers", index);
    long d = config.width();
    long h = config.heads();
    Tensor kv = pass.images().keysAndValues(index); // [B, N, 2 d]
    long rows = kv.size(0);
    long looking = Math.max(rows, any.size(0));
    Tensor queries = rows == 1 ? any.reshape(1, -1, d) : any.expand(rows, any.size(1), d);
    Tensor q = Attention.heads(Layers.linear(queries, p.at("cross.q")), h);
    Tensor k = Attention.heads(kv.narrow(2, 0, d), h);
    Tensor v = Attention.heads(kv.narrow(2, d, d), h);
    Tensor seen = attend(q, k, v, null, pass.dropout());
    pass.trace().layer(index, new AttentionTrace.Looked(q, k, v, seen, false));
    Tensor out = Layers.linear(seen, p.at("cross.out"));
    return sum(queries, out, p.at("norm_cross"), pass.dropout()).view(looking, any.size(1), d);
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v, Tensor allowed, Dropout dropout) {
    return Attention.attend(q, k, v, allowed, false, dropout, config.dropout());
  }

  private Tensor feedForward(Tensor x, Parameters mlp, Parameters norm, Dropout dropout) {
    Tensor hidden = Layers.linear(x, mlp.at("up"), config.activation());
    return sum(x, Layers.linear(hidden, mlp.at("down")), norm, dropout);
  }

  private Tensor sum(Tensor x, Tensor more, Parameters norm, Dropout dropout) {
    return norm(x.add(dropout.apply(more, config.dropout())), norm);
  }

  private Tensor norm(Tensor x, Parameters p) {
    return Layers.layerNorm(x, p, config.normEpsilon());
  }
}
