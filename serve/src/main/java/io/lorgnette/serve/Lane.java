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
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * A model in the engine, with what it has seen and what it is saying. Owns native memory; belongs
 * to the engine's thread, but for what is said to be for others.
 *
 * <p>A decoder-only model behind a prefix writes answers that others join. An encoder-decoder, or a
 * method whose words look at images, answers those that came together.
 */
final class Lane implements AutoCloseable {

  /** Images that are looked at together at most. */
  static final int IMAGES_AT_ONCE = 8;

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

  /** What was made of pictures, the caller's; null unless all of them are known. Any thread. */
  Seen known(List<Picture> pictures) {
    Map<FeatureKey, Tensor> rows = new LinkedHashMap<>();
    for (Picture picture : pictures) {
      if (!rows.containsKey(picture.key())) {
        Tensor row = seen.get(picture.key());
        if (row == null) {
          rows.values().forEach(Tensor::close);
          return null;
        }
        rows.put(picture.key(), row);
      }
    }
    metrics.images(true, rows.size());
    return new Seen(rows);
  }

  /**
   * Looks at the pictures of several questions, each file once, on the thread that sees.
   *
   * @return for each question what was made of its own, the caller's
   */
  List<Seen> look(List<List<Picture>> questions) {
    Map<FeatureKey, Tensor> all = new LinkedHashMap<>();
    try {
      List<Picture> unknown = new ArrayList<>();
      for (List<Picture> pictures : questions) {
        for (Picture picture : pictures) {
          if (!all.containsKey(picture.key())) {
            Tensor row = seen.get(picture.key());
            all.put(picture.key(), row);
            if (row == null) {
              unknown.add(picture);
            }
          }
        }
      }
      metrics.images(true, all.size() - unknown.size());
      metrics.images(false, unknown.size());
      for (int from = 0; from < unknown.size(); from += IMAGES_AT_ONCE) {
        look(unknown.subList(from, Math.min(unknown.size(), from + IMAGES_AT_ONCE)), all);
      }
      return questions.stream().map(pictures -> shared(pictures, all)).toList();
    } finally {
      all.values().stream().filter(Objects::nonNull).forEach(Tensor::close);
    }
  }

  private static Seen shared(List<Picture> pictures, Map<FeatureKey, Tensor> all) {
    Map<FeatureKey, Tensor> own = new LinkedHashMap<>();
    for (Picture picture : pictures) {
      own.computeIfAbsent(picture.key(), key -> Scope.release(new Tensor(all.get(key))));
    }
    return new Seen(own);
  }

  private void look(List<Picture> pictures, Map<FeatureKey, Tensor> all) {
    long start = System.nanoTime();
    int size = served.model().processor().size();
    int one = 3 * size * size;
    float[] pixels = new float[pictures.size() * one];
    for (int i = 0; i < pictures.size(); i++) {
      float[] values = pictures.get(i).pixels(served.model().processor());
      System.arraycopy(values, 0, pixels, i * one, one);
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor rows =
          served.model().see(Tensors.ofFloats(pixels, pictures.size(), 3, size, size)); // [B, P, D]
      for (int i = 0; i < pictures.size(); i++) {
        FeatureKey key = pictures.get(i).key();
        Tensor row = Scope.release(rows.select(0, i).clone());
        all.put(key, row);
        seen.put(key, row);
      }
    }
    metrics.stage(Metrics.Stage.SEE, System.nanoTime() - start);
  }

  @Override
  public void close() {
    if (batch != null) {
      batch.close();
    }
    seen.close();
  }
}
