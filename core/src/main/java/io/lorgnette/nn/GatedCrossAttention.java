package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Flamingo's block before a layer of a frozen language model (Alayrac et al. 2022): words look at
 * images, then a feed-forward, each behind a gate {@code tanh(a)} that starts closed.
 *
 * <p>Checked against OpenFlamingo's published module, values and gradients. It may be of another
 * number format than the model. Legend: B rows, T tokens, W their width, M visual tokens of width
 * Dm, h heads of width d.
 */
public final class GatedCrossAttention {

  private static final double NORM_EPSILON = 1e-5;

  private final Parameters parameters;
  private final Shape shape;

  /**
   * The sizes of a block.
   *
   * @param width W
   * @param mediaWidth Dm
   * @param hidden width of the feed-forward
   */
  public record Shape(long width, long mediaWidth, int heads, int headWidth, long hidden) {

    /**
     * Adds a block's tensors to a key map.
     *
     * @param own name of the block
     * @param stored its name in OpenFlamingo's form
     */
    public void addKeys(KeyMap map, String own, String stored) {
      long inner = (long) heads * headWidth;
      map.add(own + ".gate1", stored + ".attn_gate", 1);
      map.add(own + ".norm1.weight", stored + ".attn.norm.weight", width);
      map.add(own + ".norm1.bias", stored + ".attn.norm.bias", width);
      map.add(own + ".query.weight", stored + ".attn.to_q.weight", inner, width);
      map.add(own + ".key_value.weight", stored + ".attn.to_kv.weight", 2 * inner, mediaWidth);
      map.add(own + ".out.weight", stored + ".attn.to_out.weight", width, inner);
      map.add(own + ".gate2", stored + ".ff_gate", 1);
      map.add(own + ".norm2.weight", stored + ".ff.0.weight", width);
      map.add(own + ".norm2.bias", stored + ".ff.0.bias", width);
      map.add(own + ".mlp.up.weight", stored + ".ff.1.weight", hidden, width);
      map.add(own + ".mlp.down.weight", stored + ".ff.3.weight", width, hidden);
    }
  }

  /** A block over the own names of {@link Shape#addKeys}. */
  public GatedCrossAttention(Parameters parameters, Shape shape) {
    this.parameters = parameters;
    this.shape = shape;
  }

  /** Keys and values of visual tokens: {@code [B, M, Dm] -> 2 x [B, h, M, d]}. */
  public Tensor[] keysAndValues(Tensor media) {
    long inner = (long) shape.heads() * shape.headWidth();
    Tensor both = Layers.linear(Tensors.to(media, format()), parameters.at("key_value"));
    return new Tensor[] {
      Attention.heads(both.narrow(2, 0, inner), shape.heads()),
      Attention.heads(both.narrow(2, inner, inner), shape.heads())
    };
  }

  /**
   * The whole block.
   *
   * @param x {@code [B, T, W]}
   * @param media from {@link #keysAndValues}
   * @param allowed {@code [B, 1, T, M]}, true where a word may look; a word that may look nowhere
   *     gets nothing from the attention
   * @return {@code [B, T, W]}, in the format of {@code x}
   */
  public Tensor apply(Tensor x, Tensor[] media, Tensor allowed) {
    Tensor y = Tensors.to(x, format());
    Tensor z = y.add(attend(y, media, allowed).mul(torch.tanh(parameters.get("gate1"))));
    Tensor normed = Layers.layerNorm(z, parameters.at("norm2"), NORM_EPSILON);
    Tensor hidden = torch.gelu(Layers.linear(normed, parameters.at("mlp.up")));
    Tensor more = Layers.linear(hidden, parameters.at("mlp.down"));
    return Tensors.to(z.add(more.mul(torch.tanh(parameters.get("gate2")))), Tensors.dtype(x));
  }

  /** The attention alone, before its gate: {@code [B, T, W]} both. */
  public Tensor attend(Tensor x, Tensor[] media, Tensor allowed) {
    Tensor normed = Layers.layerNorm(x, parameters.at("norm1"), NORM_EPSILON);
    Tensor q = Attention.heads(Layers.linear(normed, parameters.at("query")), shape.heads());
    Tensor any = allowed.any(3, true); // [B, 1, T, 1]
    // A row without any key would become NaN: let it look everywhere, and take nothing.
    Tensor some = allowed.logical_or(any.logical_not());
    Tensor seen = Attention.attend(q, media[0], media[1], some, false); // [B, T, h d]
    Tensor taken = seen.mul(Tensors.to(any.view(any.size(0), any.size(2), 1), format()));
    return Layers.linear(taken, parameters.at("out"));
  }

  private Dtype format() {
    return Tensors.dtype(parameters.get("out.weight"));
  }
}
