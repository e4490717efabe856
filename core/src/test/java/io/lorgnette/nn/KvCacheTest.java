package io.lorgnette.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KvCacheTest {

  private Scope scope;

  @BeforeEach
  void openScope() {
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  /** A cache of two layers; keys are 100 * sequence + token, values 1000 more; layers add 10000. */
  private static KvCache filled(int batch, int length, long capacity) {
    KvCache cache = KvCache.of(2, batch, 1, capacity, 1, Dtype.F32, Device.CPU);
    for (int layer = 0; layer < 2; layer++) {
      cache.append(
          layer,
          numbers(batch, length, 10_000 * layer),
          numbers(batch, length, 10_000 * layer + 1000));
    }
    cache.advance(length);
    return cache;
  }

  private static Tensor numbers(int batch, int length, int base) {
    float[] values = new float[batch * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = base + 100 * (i / length) + i % length;
    }
    return Tensors.ofFloats(values, batch, 1, length, 1);
  }

  /** What attention would see if one more token -1 were appended to each sequence. */
  private static float[][] seen(KvCache cache, int layer) {
    float[] last = new float[(int) cache.batch()];
    java.util.Arrays.fill(last, -1);
    Tensor token = Tensors.ofFloats(last, last.length, 1, 1, 1);
    KvCache.Held all = cache.append(layer, token, token);
    return new float[][] {Tensors.toFloats(all.keys()), Tensors.toFloats(all.values())};
  }

  @Test
  void appendsBehindWhatItHolds() {
    try (KvCache cache = filled(2, 2, 3)) {
      assertThat(cache.length()).isEqualTo(2);
      assertThat(seen(cache, 1)[0]).containsExactly(10_000, 10_001, -1, 10_100, 10_101, -1);
      assertThat(seen(cache, 1)[1]).containsExactly(11_000, 11_001, -1, 11_100, 11_101, -1);
      cache.advance(1);
      assertThatThrownBy(() -> seen(cache, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the cache holds 3 tokens, not 4");
    }
  }

  @Test
  void selectsSequencesIntoAnotherCache() {
    try (KvCache cache = filled(3, 2, 2);
        KvCache selected = cache.select(Tensors.ofLongs(new long[] {2, 2, 0, 1}, 4), 5)) {
      assertThat(selected.batch()).isEqualTo(4);
      assertThat(selected.capacity()).isEqualTo(5);
      assertThat(seen(selected, 0)[0])
          .containsExactly(200, 201, -1, 200, 201, -1, 0, 1, -1, 100, 101, -1);
      assertThat(cache.batch()).isEqualTo(3);
    }
  }

  @Test
  void tellsWhichSequenceEachRowGoesOnFrom() {
    try (KvCache cache = filled(3, 2, 2);
        KvCache doubled = cache.select(Tensors.ofLongs(new long[] {0, 0, 2, 2}, 4), 5);
        KvCache fewer = doubled.select(Tensors.ofLongs(new long[] {3, 1}, 2), 5)) {
      assertThat(cache.origins()).isNull();
      assertThat(doubled.origins()).containsExactly(0, 0, 2, 2);
      assertThat(fewer.origins()).containsExactly(2, 0);
    }
  }

  @Test
  void reordersInPlaceBehindACommonBeginning() {
    try (KvCache cache = filled(3, 4, 6)) {
      cache.reorder(Tensors.ofLongs(new long[] {1, 1, 0}, 3), 2);
      for (int layer = 0; layer < 2; layer++) {
        int k = 10_000 * layer;
        int v = k + 1000;
        assertThat(seen(cache, layer)[0])
            .containsExactly(
                k, k + 1, k + 102, k + 103, -1, k + 100, k + 101, k + 102, k + 103, -1, k + 200,
                k + 201, k + 2, k + 3, -1);
        assertThat(seen(cache, layer)[1])
            .containsExactly(
                v, v + 1, v + 102, v + 103, -1, v + 100, v + 101, v + 102, v + 103, -1, v + 200,
                v + 201, v + 2, v + 3, -1);
      }
      float[] before = seen(cache, 0)[0];
      cache.reorder(Tensors.ofLongs(new long[] {2, 2, 2}, 3), 4); // nothing there yet
      assertThat(seen(cache, 0)[0]).isEqualTo(before);
      assertThatThrownBy(() -> cache.reorder(Tensors.ofLongs(new long[] {0}, 1), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("1 rows do not reorder a cache of 3 sequences");
    }
  }

  @Test
  void takesMoreMemoryAsItGrows() {
    try (KvCache cache = filled(2, 60, 100)) {
      long few = cache.bytes();
      cache.append(0, numbers(2, 10, 500), numbers(2, 10, 1500));
      cache.append(1, numbers(2, 10, 500), numbers(2, 10, 1500));
      cache.advance(10);
      assertThat(few).isEqualTo(2 * 2 * 2 * 64 * 4);
      assertThat(cache.bytes()).isEqualTo(2 * 2 * 2 * 100 * 4);
      float[] keys = seen(cache, 1)[0];
      assertThat(keys).hasSize(2 * 71);
      assertThat(keys).startsWith(10_000, 10_001).endsWith(608, 609, -1);
      assertThat(keys[59]).isEqualTo(10_059);
      assertThat(keys[60]).isEqualTo(500);
    }
  }
}
