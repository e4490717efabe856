package io.lorgnette.language;

import io.lorgnette.language.EncoderDecoderConfig.Family;
import io.lorgnette.language.EncoderDecoderConfig.Stack;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.KvCache;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** What the layers of an encoder-decoder are made of, and how the families differ in it. */
record SubLayers(EncoderDecoderConfig config) {

  /** The first layer's input: for BART with positions from {@code past} on, and normed. */
  Tensor input(Tensor x, Parameters p, long past) {
    if (config.family() == Family.T5) {
      return x;
    }
    long t = x.size(1);
    if (past + t > config.positions()) {
      throw new IllegalArgumentException(
          "positions up to "
              + (past + t)
              + " exceed the model's "
              + config.positions()
              + "; shorten the prompt or the answer");
    }
    Tensor positions = p.get("positions.weight").narrow(0, BartKeys.OFFSET + past, t);
    return norm(x.add(positions), p.at("embedNorm"));
  }

  /** A layer's output; the last one's goes through the final norm where there is one. */
  Tensor output(Tensor x, Parameters p, int layer, Stack stack, Consumer<Tensor> trace) {
    boolean last = layer == stack.layers() - 1 && config.family() == Family.T5;
    Tensor y = last ? norm(x, p.at("norm")) : x;
    trace.accept(y);
    return y;
  }

  /** A sub-layer and its residual sum, with the norm before the one or behind the other. */
  Tensor residual(Tensor x, Parameters norm, UnaryOperator<Tensor> sublayer) {
    return config.family() == Family.T5
        ? x.add(sublayer.apply(norm(x, norm)))
        : norm(x.add(sublayer.apply(x)), norm);
  }

  private Tensor norm(Tensor x, Parameters p) {
    return config.family() == Family.T5
        ? Layers.rmsNorm(x, p, config.normEpsilon())
        : Layers.layerNorm(x, p, config.normEpsilon());
  }

  /** {@code [B, S] -> [B, 1, 1, S]}, BOOL; null for null. */
  static Tensor keys(Tensor mask) {
    return mask == null
        ? null
        : Tensors.to(mask, Dtype.BOOL).view(mask.size(0), 1, 1, mask.size(1));
  }

  /** The mask of self-attention: what may be seen, for T5 with the biases of all distances. */
  Tensor where(Parameters side, Tensor allowed, long t, long s, boolean bothWays) {
    if (config.family() != Family.T5) {
      return allowed;
    }
    Tensor table = side.get("relative.weight");
    Tensor bias = RelativePositions.bias(table, t, s, bothWays, config.maxDistance());
    return allowed == null
        ? bias
        : bias.masked_fill(allowed.logical_not(), new Scalar(Double.NEGATIVE_INFINITY));
  }

  private double scale(Stack stack) {
    return config.family() == Family.T5 ? 1 : 1 / Math.sqrt(stack.headWidth());
  }

  Tensor attention(Tensor x, Parameters layer, Stack s, Tensor where, KvCache cache, int index) {
    Parameters p = layer.at("attention");
    Tensor qkv = Layers.linear(x, p.at("qkv")); // [B, T, 3 h d]
    Tensor q = Attention.heads(qkv.narrow(2, 0, s.inner()), s.heads());
    Tensor k = Attention.heads(qkv.narrow(2, s.inner(), s.inner()), s.heads());
    Tensor v = Attention.heads(qkv.narrow(2, 2 * s.inner(), s.inner()), s.heads());
    KvCache.Held held = cache == null ? KvCache.Held.of(k, v) : cache.append(index, k, v);
    return Layers.linear(Attention.attend(q, held, where, false, scale(s)), p.at("out"));
  }

  /** Sequences that share a row of the memory become queries of one row. */
  Tensor cross(Tensor x, Parameters p, CrossMemory memory, int index) {
    Stack s = config.decoder();
    long t = x.size(1);
    long together = x.size(0) / memory.batch() * t;
    Tensor queries = Layers.linear(x, p.at("q")).reshape(memory.batch(), together, s.inner());
    Tensor seen =
        Attention.attend(
            Attention.heads(queries, s.heads()),
            memory.keys(index),
            memory.values(index),
            memory.allowed(),
            scale(s)); // [B, n T, h d]
    return Layers.linear(seen.reshape(x.size(0), t, s.inner()), p.at("out"));
  }

  Tensor feedForward(Tensor x, Parameters p, Stack stack) {
    if (!config.gated()) {
      return Layers.linear(Layers.linear(x, p.at("up"), config.activation()), p.at("down"));
    }
    Tensor both = Layers.linear(x, p.at("up"));
    long f = stack.hidden();
    Tensor gate = config.activation().apply(both.narrow(2, 0, f));
    return Layers.linear(gate.mul(both.narrow(2, f, f)), p.at("down"));
  }
}
