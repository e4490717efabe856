package io.lorgnette.language;

import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank updates of the query and value projections of every layer (LoRA, Hu et al. 2022): {@code
 * W x + alpha / r B A x}, with A drawn and B zero at the start. Immutable.
 *
 * <p>The model may be quantized, since its own matrices are left alone; {@link #merged} adds the
 * updates to those that are not, so that serving costs nothing more.
 *
 * <p>Own names: {@code layers.N.q.a [r, W]}, {@code layers.N.q.b [h d, r]}, {@code layers.N.v.a},
 * {@code layers.N.v.b [hkv d, r]}.
 */
public final class LowRank implements Insertions {

  private final Parameters parameters;
  private final double scale;

  /**
   * Updates for all layers.
   *
   * @param scale alpha / r
   */
  public LowRank(Parameters parameters, double scale) {
    this.parameters = parameters;
    this.scale = scale;
  }

  @Override
  public void check(DecoderConfig config) {
    for (int i = 0; i < config.layers(); i++) {
      Parameters layer = parameters.at("layers", i);
      boolean fits =
          layer.get("q.a").size(1) == config.inner()
              && layer.get("q.b").size(0) == (long) config.heads() * config.headWidth()
              && layer.get("v.b").size(0) == (long) config.kvHeads() * config.headWidth();
      if (!fits) {
        throw new IllegalArgumentException("low-rank updates of another model's layer " + i);
      }
    }
  }

  @Override
  public Tensor projections(int layer, Tensor input, Tensor output) {
    Parameters p = parameters.at("layers", layer);
    long queries = p.get("q.b").size(0);
    long keys = p.get("v.b").size(0);
    Dtype format = Tensors.dtype(output);
    Tensor x = Tensors.to(input, Tensors.dtype(p.get("q.a")));
    Tensor q = output.narrow(2, 0, queries).add(Tensors.to(change(x, p.at("q")), format));
    Tensor k = output.narrow(2, queries, keys);
    Tensor v = output.narrow(2, queries + keys, keys).add(Tensors.to(change(x, p.at("v")), format));
    return Tensors.cat(2, q, k, v);
  }

  /** {@code [B, T, W] -> [B, T, out]}. */
  private Tensor change(Tensor x, Parameters p) {
    return Layers.linear(Layers.linear(x, p.get("a"), null), p.get("b"), null)
        .mul(new Scalar(scale));
  }

  /**
   * The model with the updates in its own matrices.
   *
   * @return shares all other tensors with {@code lm}; the changed ones belong to the current scope
   */
  public LanguageModel merged(LanguageModel lm) {
    check(lm.config());
    Map<String, Tensor> all = new LinkedHashMap<>(lm.parameters().asMap());
    for (int i = 0; i < lm.config().layers(); i++) {
      String name = "layers." + i + ".attention.qkv.weight";
      Tensor qkv = lm.parameters().get(name);
      Parameters p = parameters.at("layers", i);
      long keys = p.get("v.b").size(0);
      Tensor none = Tensors.zeros(Dtype.F32, Tensors.device(qkv), keys, qkv.size(1));
      Tensor update = Tensors.cat(0, product(p.at("q")), none, product(p.at("v")));
      Tensor sum = Tensors.to(qkv, Dtype.F32).add(update.mul(new Scalar(scale)));
      all.put(name, Tensors.to(sum, Tensors.dtype(qkv)));
    }
    return lm.with(Parameters.of(all));
  }

  private static Tensor product(Parameters p) {
    return Tensors.to(p.get("b"), Dtype.F32).matmul(Tensors.to(p.get("a"), Dtype.F32));
  }
}
