package io.lorgnette.generate;

import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Texts that a Q-Former writes about images, after BLIP-2's first stage: what its queries saw
 * stands in the cache before the word that begins a text.
 */
final class SeenSequences implements Sequences {

  private final Blip2Stage1 model;
  private KvCache cache; // [R] rows

  private SeenSequences(Blip2Stage1 model, KvCache cache) {
    this.model = model;
    this.cache = cache;
  }

  /**
   * Looks at the images and begins a text about each.
   *
   * @param features {@code [R, N, Di]}
   */
  static Started begin(Blip2Stage1 model, Tensor features, int newTokens) {
    try (Scope scope = Scope.open()) {
      // The beginning is run, the last new token is chosen but never run.
      KvCache cache = model.qformer().begin(model.normed(features), newTokens);
      SeenSequences sequences = new SeenSequences(model, cache);
      try {
        int[] begin = new int[sequences.rows()];
        Arrays.fill(begin, model.config().begin());
        return new Started(sequences, scope.keep(sequences.step(sequences.onDevice(begin))));
      } catch (RuntimeException | Error e) {
        sequences.close();
        throw e;
      }
    }
  }

  private Tensor onDevice(int[] values) {
    return Tensors.to(Tensors.ofInts(values), model.device());
  }

  @Override
  public int rows() {
    return Math.toIntExact(cache.batch());
  }

  @Override
  public Tensor step(Tensor ids) {
    return model.words(model.qformer().next(ids.view(rows(), 1), cache).select(1, 0));
  }

  @Override
  public void select(int[] rows) {
    try (Scope scope = Scope.open()) {
      KvCache old = cache;
      cache = old.select(onDevice(rows), old.capacity());
      old.close();
    }
  }

  @Override
  public void reorder(int[] parents) {
    // All tokens but the queries and the beginning, which rows of one image share.
    cache.reorder(onDevice(parents), model.config().qformer().queries() + 1L);
  }

  @Override
  public void close() {
    cache.close();
  }
}
