package io.lorgnette.verbal;

import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.Tensor;

/**
 * Puts images into words with a captioner and a classifier of our own, each image once: what was
 * told stays in a file. Belongs to one thread; its workers may be many.
 */
public final class Teller {

  private static final int BATCH = 16;

  private final Speaker captioner;
  private final Tagger tagger; // or null
  private final FeatureCache features;
  private final GenerationConfig decoding;
  private final ToldCache cache;

  /**
   * A teller.
   *
   * @param captioner sees the same features as the tagger
   * @param tagger or null for captions alone
   * @param features hold every image that is told of
   * @param decoding of captions
   * @param known file of what was told before by the same captioner, tagger and decoding; it is
   *     made where it is absent
   */
  public Teller(
      Speaker captioner,
      Tagger tagger,
      FeatureCache features,
      GenerationConfig decoding,
      Path known) {
    this.captioner = captioner;
    this.tagger = tagger;
    this.features = features;
    this.decoding = decoding;
    this.cache = new ToldCache(known);
  }

  /**
   * The words of images, in their order.
   *
   * @param images repeats are told once
   * @param progress hears how many of the images not yet known are done
   */
  public List<Told> tell(List<FeatureKey> images, Workers workers, IntConsumer progress) {
    List<FeatureKey> unknown =
        new LinkedHashSet<>(images).stream().filter(key -> cache.get(key) == null).toList();
    List<Callable<Integer>> batches = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int from = 0; from < unknown.size(); from += BATCH) {
      List<FeatureKey> batch = unknown.subList(from, Math.min(unknown.size(), from + BATCH));
      batches.add(
          () -> {
            cache.put(batch, tell(batch));
            synchronized (progress) {
              progress.accept(done.addAndGet(batch.size()));
            }
            return batch.size();
          });
    }
    workers.all(batches);
    return images.stream().map(cache::get).toList();
  }

  private List<Told> tell(List<FeatureKey> batch) {
    try (Scope scope = Scope.open()) {
      Tensor seen = features.get(batch); // [B, N, Di]
      List<Utterance> captions = captioner.captions(seen, decoding);
      List<List<String>> tags = tagger == null ? null : tagger.tags(seen);
      List<Told> told = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        told.add(Told.of(captions.get(i).text(), tags == null ? List.of() : tags.get(i)));
      }
      return told;
    }
  }
}
