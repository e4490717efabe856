package io.lorgnette.language;

import io.lorgnette.language.DecoderConfig.Heads;
import io.lorgnette.language.Insertions.Pass;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.nn.Rotary;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The arithmetic of every decoder, from embeddings to the last hidden states. It asks the {@link
 * DecoderConfig} what to do, never which family it is. Immutable.
 *
 * <p>Legend: B batch, T new tokens, S all tokens so far, D width of embeddings, W of layers, h
 * heads, d their width, F of the feed-forward.
 */
final class ForwardPass {

  private final DecoderConfig config;
  private final Parameters parameters;
  private final Parameters[] layers;
  private final Rotary rotary; // null for learned positions
  private final Insertions insertions;

  ForwardPass(DecoderConfig config, Parameters parameters, Rotary rotary, Insertions insertions) {
    this.config = config;
    this.parameters = parameters;
    this.rotary = rotary;
    this.insertions = insertions;
    this.layers = new Parameters[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = parameters.at("layers", i);
    }
  }

  /**
   * Runs all layers.
   *
   * @param x {@code [B, T, D]} in the model's format
   * @param allowed for each layer {@code [B or 1, 1, T, S]}, or null where order alone says it
   * @param positions {@code [B, T]}, or null for those that follow the cache's
   * @param cache or null
   * @param trace gets every layer's input
   * @return {@code [B, T, D]}
   */
  Tensor run(Tensor x, Tensor[] allowed, Tensor positions, KvCache cache, Consumer<Tensor> trace) {
    long t = x.size(1);
    long past = cache == null ? 0 : cache.length();
    Pass pass = new Pass(past, cache == null ? null : cache.origins());
    Tensor[] angles = angles(positions, past, t);
    x = enter(x, positions, past);
    for (int i = 0; i < layers.length; i++) {
      trace.accept(x);
      x = layer(i, insertions.before(i, x, pass), angles, allowed[i], cache);
    }
    if (cache != null) {
      cache.advance(t);
    }
    return leave(x);
  }

  /**
   * A loss of the last hidden states of whole sequences, with a gradient to the embeddings alone;
   * see {@link Recomputation}.
   *
   * @param loss of {@code [B, T, D]}
   */
  Tensor lossRecomputing(Tensor x, Tensor[] allowed, Tensor positions, UnaryOperator<Tensor> loss) {
    if (insertions != Insertions.NONE
        || parameters.tensors().stream().anyMatch(Tensor::requires_grad)) {
      throw new IllegalStateException("layers that are trained can not be run again: freeze them");
    }
    Tensor[] angles = angles(positions, 0, x.size(1));
    List<UnaryOperator<Tensor>> all = new ArrayList<>();
    for (int i = 0; i < layers.length; i++) {
      int index = i;
      all.add(state -> layer(index, state, angles, allowed[index], null));
    }
    return Recomputation.loss(enter(x, positions, 0), all, state -> loss.apply(leave(state)));
  }

  /** Turns of the given positions, or of those behind the past; null for learned ones. */
  private Tensor[] angles(Tensor positions, long past, long t) {
    if (rotary == null) {
      return null;
    }
    return positions == null ? rotary.at(past, t) : rotary.at(positions);
  }

  /** {@code [B, T, D] -> [B, T, W]}. */
  private Tensor enter(Tensor x, Tensor positions, long past) {
    Tensor entered = config.projected() ? Layers.linear(x, parameters.at("enter")) : x;
    if (rotary != null) {
      return entered;
    }
    return entered.add(positions == null ? learned(past, x.size(1)) : learned(positions));
  }

  /** {@code [B, T, W] -> [B, T, D]}. */
  private Tensor leave(Tensor x) {
    Tensor normed = config.norm().last() ? norm(x, parameters.at("norm")) : x;
    return config.projected() ? Layers.linear(normed, parameters.at("leave")) : normed;
  }

  private Tensor layer(int i, Tensor x, Tensor[] angles, Tensor allowed, KvCache cache) {
    Parameters p = layers[i];
    return switch (config.order()) {
      case NORM_FIRST -> {
        Tensor y = x.add(attention(i, norm(x, p.at("norm1")), angles, allowed, cache));
        yield y.add(feedForward(i, norm(y, p.at("norm2"))));
      }
      case NORM_LAST -> {
        Tensor y = norm(x.add(attention(i, x, angles, allowed, cache)), p.at("norm1"));
        yield norm(y.add(feedForward(i, y)), p.at("norm2"));
      }
      case PARALLEL -> {
        Tensor y = norm(x, p.at("norm1"));
        yield x.add(attention(i, y, angles, allowed, cache)).add(feedForward(i, y));
      }
    };
  }

  private Tensor attention(int i, Tensor x, Tensor[] angles, Tensor allowed, KvCache cache) {
    Parameters p = layers[i].at("attention");
    Heads heads = config.attention();
    long queries = (long) heads.count() * heads.width();
    long keys = (long) heads.keyed() * heads.width();
    Tensor qkv = Layers.linear(x, p.at("qkv")); // [B, T, (h + 2 hkv) d]
    qkv = insertions.projections(i, x, qkv);
    Tensor q = Attention.heads(qkv.narrow(2, 0, queries), heads.count()); // [B, h, T, d]
    Tensor k = Attention.heads(qkv.narrow(2, queries, keys), heads.keyed());
    Tensor v = Attention.heads(qkv.narrow(2, queries + keys, keys), heads.keyed());
    if (heads.normed()) {
      q = Layers.rmsNorm(q, p.at("norm_q"), config.norm().epsilon());
      k = Layers.rmsNorm(k, p.at("norm_k"), config.norm().epsilon());
    }
    if (angles != null) {
      q = rotary.turn(q, angles);
      k = rotary.turn(k, angles);
    }
    // [B, hkv, S, d]
    KvCache.Held held = cache == null ? KvCache.Held.of(k, v) : cache.append(i, k, v);
    if (heads.wide()) {
      q = Tensors.to(q, Dtype.F32);
      held = held.to(Dtype.F32);
    }
    // Nothing but the order to mask: the kernel does that itself.
    boolean causal = allowed == null && q.size(2) > 1;
    Tensor seen = Attention.attend(q, held, allowed, causal, heads.scale()); // [B, T, h d]
    Tensor output = Layers.linear(Tensors.to(seen, Tensors.dtype(x)), p.at("out"));
    return insertions.attention(i, x, output);
  }

  private Tensor feedForward(int i, Tensor x) {
    Parameters p = layers[i].at("mlp");
    Activation activation = config.feedForward().activation();
    Tensor hidden; // [B, T, F]
    if (config.feedForward().gated()) {
      long f = config.hidden();
      Tensor both = Layers.linear(x, p.at("up")); // gate and value, [B, T, 2 F]
      hidden = activation.apply(both.narrow(2, 0, f)).mul(both.narrow(2, f, f));
    } else {
      hidden = Layers.linear(x, p.at("up"), activation);
    }
    return insertions.feedForward(i, x, Layers.linear(hidden, p.at("down")));
  }

  private Tensor norm(Tensor x, Parameters p) {
    return config.norm().rootMeanSquare()
        ? Layers.rmsNorm(x, p, config.norm().epsilon())
        : Layers.layerNorm(x, p, config.norm().epsilon());
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
    return parameters.get("positions.weight").narrow(0, config.firstPosition() + past, t);
  }

  private Tensor learned(Tensor positions) {
    Tensor rows = positions.add(new Scalar(config.firstPosition()));
    return torch.embedding(parameters.get("positions.weight"), rows);
  }
}
