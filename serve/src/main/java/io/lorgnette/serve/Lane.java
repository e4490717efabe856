package io.lorgnette.serve;

import io.lorgnette.feature.FeatureKey;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.OpenBatch;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Method;
import io.lorgnette.method.PrefixMethod;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;

/**
 * A model in the engine, with what it has seen and what it is saying. Owns native memory; belongs
 * to the engine's thread.
 *
 * <p>A decoder-only model behind a prefix writes answers that others join. An encoder-decoder, or a
 * method whose words look at images, answers those that came together.
 */
final class Lane implements AutoCloseable {

  private static final int IMAGES_AT_ONCE = 8;

  private final ServedModel served;
  private final Limits limits;
  private final Metrics metrics;
  private final SeenCache seen;
  private final Map<OpenBatch.Asked, Job> asked = new LinkedHashMap<>();
  private TextModel reader; // null where it depends on the prompts
  private OpenBatch batch; // null where answers are not joined

  Lane(ServedModel served, Limits limits, Metrics metrics) {
    this.served = served;
    this.limits = limits;
    this.metrics = metrics;
    this.seen = new SeenCache(limits.imageCacheBytes());
  }

  /** Takes the language model, on the engine's thread: what it holds belongs to its scope. */
  void start() {
    if (method() instanceof PrefixMethod) {
      reader = method().reader(List.of());
    }
    renew();
  }

  /** An empty batch. */
  final void renew() {
    if (batch != null) {
      batch.close();
      batch = null;
    }
    asked.clear();
    if (reader instanceof LanguageModel lm) {
      batch = new OpenBatch(lm, tokenizer(), limits.prefixCacheBytes());
    }
  }

  ServedModel served() {
    return served;
  }

  Method method() {
    return served.model().method();
  }

  Tokenizer tokenizer() {
    return method().backbones().tokenizer();
  }

  /** The batch that answers join, or null. */
  OpenBatch batch() {
    return batch;
  }

  /** Those whose answers are in the batch. */
  Map<OpenBatch.Asked, Job> asked() {
    return asked;
  }

  /** Whether steps of its answers can be taken between other work. */
  boolean steps() {
    return reader != null;
  }

  Generator generator(List<Prompt> prompts) {
    TextModel lm = reader != null ? reader : method().reader(prompts);
    return new Generator(lm, tokenizer());
  }

  /** Whether an image has been seen; callable from any thread. */
  boolean knows(FeatureKey key) {
    return seen.has(key);
  }

  /** Bytes of native memory for what was seen and said. */
  long bytes() {
    return seen.bytes() + (batch == null ? 0 : batch.bytes());
  }

  /**
   * What the method makes of pictures, {@code [P, D]} for each file.
   *
   * @param fresh those that had not been seen before
   */
  record Seen(Map<FeatureKey, Tensor> rows, Set<FeatureKey> fresh) {

    Tensor of(Picture picture) {
      return rows.get(picture.key());
    }
  }

  /** Looks at pictures, each file once; what it gives belongs to the current scope. */
  Seen see(List<Picture> pictures) {
    Map<FeatureKey, Tensor> all = new LinkedHashMap<>();
    List<Picture> unknown = new ArrayList<>();
    for (Picture picture : pictures) {
      if (all.containsKey(picture.key())) {
        continue;
      }
      Tensor known = seen.get(picture.key());
      all.put(picture.key(), known);
      if (known == null) {
        unknown.add(picture);
      }
    }
    metrics.images(true, all.size() - unknown.size());
    metrics.images(false, unknown.size());
    for (int from = 0; from < unknown.size(); from += IMAGES_AT_ONCE) {
      see(unknown.subList(from, Math.min(unknown.size(), from + IMAGES_AT_ONCE)), all);
    }
    return new Seen(
        all, unknown.stream().map(Picture::key).collect(Collectors.toUnmodifiableSet()));
  }

  private void see(List<Picture> pictures, Map<FeatureKey, Tensor> all) {
    long start = System.nanoTime();
    int size = served.model().processor().size();
    int one = 3 * size * size;
    float[] pixels = new float[pictures.size() * one];
    for (int i = 0; i < pictures.size(); i++) {
      float[] values = pictures.get(i).pixels(served.model().processor());
      System.arraycopy(values, 0, pixels, i * one, one);
    }
    try (Scope scope = Scope.open()) {
      Tensor rows =
          served.model().see(Tensors.ofFloats(pixels, pictures.size(), 3, size, size)); // [B, P, D]
      for (int i = 0; i < pictures.size(); i++) {
        all.put(pictures.get(i).key(), scope.keep(rows.select(0, i).clone()));
      }
    }
    metrics.stage(Metrics.Stage.SEE, System.nanoTime() - start);
  }

  /** Keeps what was seen for later requests; what was borrowed is no longer valid. */
  void remember(Seen some) {
    some.fresh().forEach(key -> seen.put(key, some.rows().get(key)));
  }

  @Override
  public void close() {
    if (batch != null) {
      batch.close();
    }
    seen.close();
  }
}
