package io.lorgnette.method;

import io.lorgnette.mapper.ImageTextModel;
import io.lorgnette.mapper.MatchHeads;
import io.lorgnette.mapper.TextBatch;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Finds texts for images and images for texts with the Q-Former of BLIP-2's first stage. Features
 * are fetched when they are needed, so that all images need not fit in memory; what is kept of each
 * are its vectors in the joint space. Safe for use by several threads.
 */
public final class Blip2Retrieval implements Retrieval.Judge {

  private final ImageTextModel model;
  private final Images images;
  private final int count;
  private final List<PaddedIds> texts;
  private final int rows;

  /** Where features come from. */
  @FunctionalInterface
  public interface Images {

    /** Features of some images by their numbers from 0, {@code [n, N, Di]}, in any format. */
    Tensor features(int[] numbers);
  }

  /**
   * Retrieval among images and texts.
   *
   * @param count of images
   * @param texts padded on the right to one length
   * @param rows images, texts or pairs that are worked on at once, at least 1
   */
  public Blip2Retrieval(
      ImageTextModel model, Images images, int count, List<PaddedIds> texts, int rows) {
    this.model = model;
    this.images = images;
    this.count = count;
    this.texts = List.copyOf(texts);
    this.rows = rows;
  }

  /** Cosines of each image, by the nearest of its vectors, with each text: {@code [I][B]}. */
  public float[][] nearness() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor[] embedded = new Tensor[parts(texts.size())];
      for (int part = 0; part < embedded.length; part++) {
        try (Scope own = Scope.open()) {
          TextBatch batch = texts(part(part, texts.size()));
          embedded[part] = own.keep(model.textEmbeds(batch.ids(), batch.mask()));
        }
      }
      Tensor all = Tensors.cat(0, embedded); // [B, J]
      float[][] near = new float[count][];
      for (int part = 0; part < parts(count); part++) {
        try (Scope own = Scope.open()) {
          int[] numbers = part(part, count);
          Tensor seen = model.imageEmbeds(images.features(numbers)); // [n, Q, J]
          float[] values = Tensors.toFloats(MatchHeads.nearness(seen, all));
          for (int i = 0; i < numbers.length; i++) {
            int from = i * texts.size();
            near[numbers[i]] = Arrays.copyOfRange(values, from, from + texts.size());
          }
        }
      }
      return near;
    }
  }

  /**
   * The logit for a match, the mean of what the queries say. Texts of like length are read
   * together, or most of what is read would be padding.
   */
  @Override
  public float[] match(int image, int[] ofTexts) {
    float[] logits = new float[ofTexts.length];
    int[] order =
        IntStream.range(0, ofTexts.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(ofTexts[i]).real()))
            .mapToInt(Integer::intValue)
            .toArray();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor features = images.features(new int[] {image}); // [1, N, Di]
      for (int part = 0; part < parts(order.length); part++) {
        try (Scope own = Scope.open()) {
          int[] at = Arrays.stream(part(part, order.length)).map(i -> order[i]).toArray();
          TextBatch batch = texts(Arrays.stream(at).map(i -> ofTexts[i]).toArray());
          Tensor verdicts = model.match(features, batch.ids(), batch.mask());
          float[] values = Tensors.toFloats(verdicts.select(1, 1));
          for (int i = 0; i < at.length; i++) {
            logits[at[i]] = values[i];
          }
        }
      }
    }
    return logits;
  }

  private int parts(int of) {
    return (of + rows - 1) / rows;
  }

  private int[] part(int part, int of) {
    return IntStream.range(part * rows, Math.min(of, (part + 1) * rows)).toArray();
  }

  private TextBatch texts(int[] numbers) {
    return TextBatch.of(Arrays.stream(numbers).mapToObj(texts::get).toList(), model.device());
  }
}
