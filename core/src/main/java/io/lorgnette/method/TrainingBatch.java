package io.lorgnette.method;

import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Images and the texts to be learned about them. Several texts may share an image, whose features
 * are then mapped once.
 *
 * @param features {@code [I, N, Di]}, one row for each image; borrowed
 * @param texts in any order
 */
public record TrainingBatch(Tensor features, List<Text> texts) {

  /**
   * One text.
   *
   * @param image row of the features
   * @param prompt ids that are given, without loss; may be empty
   * @param target ids to be predicted; at least one
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  public record Text(int image, int[] prompt, int[] target) {

    public Text {
      if (target.length == 0) {
        throw new IllegalArgumentException("a text without a target teaches nothing");
      }
    }

    int length() {
      return prompt.length + target.length;
    }
  }

  /**
   * Checks that every text has its image.
   *
   * @throws IllegalArgumentException naming the text that has not
   */
  public TrainingBatch {
    texts = List.copyOf(texts);
    if (features.dim() != 3 || texts.isEmpty()) {
      throw new IllegalArgumentException(
          texts.size() + " texts about features " + Tensors.describe(features));
    }
    for (Text text : texts) {
      if (text.image() < 0 || text.image() >= features.size(0)) {
        throw new IllegalArgumentException(
            "a text about image "
                + text.image()
                + " in a batch with features "
                + Tensors.describe(features));
      }
    }
  }

  /** The same texts about other features. */
  public TrainingBatch with(Tensor otherFeatures) {
    return new TrainingBatch(otherFeatures, texts);
  }

  /** Tokens that a method predicts: by this the mean losses of batches are weighted. */
  public long targetTokens(MethodConfig method) {
    return targetTokens(method, texts);
  }

  /** Tokens of texts that a method predicts. */
  public static long targetTokens(MethodConfig method, List<Text> texts) {
    return texts.stream()
        .mapToLong(text -> Arrays.stream(text.target()).filter(method::learns).count())
        .sum();
  }
}
