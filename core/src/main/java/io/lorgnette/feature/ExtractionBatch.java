package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Gathers processed images, encodes them when there are enough, and counts. */
final class ExtractionBatch {

  private final VisionEncoder encoder;
  private final FeatureCache cache;
  private final FeatureWriter writer;
  private final ExtractionListener listener;
  private final int size;
  private final int pixelsPerImage;
  private final float[] pixels; // [B, 3, S, S]

  /** Images of the batch by content: equal ones are encoded once. */
  private final Map<FeatureKey, List<String>> waiting = new LinkedHashMap<>();

  private long encoded;
  private long reused;
  private long broken;

  ExtractionBatch(
      VisionEncoder encoder,
      FeatureCache cache,
      FeatureWriter writer,
      ExtractionListener listener,
      int size) {
    this.encoder = encoder;
    this.cache = cache;
    this.writer = writer;
    this.listener = listener;
    this.size = size;
    int side = encoder.processor().size();
    this.pixelsPerImage = 3 * side * side;
    this.pixels = new float[Math.multiplyExact(size, pixelsPerImage)];
  }

  /**
   * Takes an image.
   *
   * @param values {@code [3, S, S]}, or null if the cache has the features
   */
  void add(String name, FeatureKey key, float[] values) {
    List<String> twins = waiting.get(key);
    if (values == null || cache.contains(key)) {
      reused++;
      listener.done(name, key);
    } else if (twins != null) {
      reused++;
      twins.add(name);
    } else {
      System.arraycopy(values, 0, pixels, waiting.size() * pixelsPerImage, pixelsPerImage);
      waiting.put(key, new ArrayList<>(List.of(name)));
      if (waiting.size() == size) {
        flush();
      }
    }
  }

  /** Counts an image that can not be used. */
  void broken(String name, InputException why) {
    broken++;
    listener.broken(name, why);
  }

  /** Encodes and stores what waits. */
  void flush() {
    int count = waiting.size();
    if (count > 0) {
      writer.requireRoom(count);
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        int side = encoder.processor().size();
        Tensor batch =
            Tensors.ofFloats(Arrays.copyOf(pixels, count * pixelsPerImage), count, 3, side, side);
        writer.put(List.copyOf(waiting.keySet()), encoder.encode(batch));
      }
      encoded += count;
      waiting.forEach((key, names) -> names.forEach(name -> listener.done(name, key)));
      waiting.clear();
    }
    listener.progress(counts());
  }

  ExtractionCounts counts() {
    return new ExtractionCounts(encoded, reused, broken);
  }
}
