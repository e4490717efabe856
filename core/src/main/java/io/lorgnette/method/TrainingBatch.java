package io.lorgnette.method;

import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Images and the texts to be learned about them. Several texts may share an image, whose features
 * are then mapped once.
 *
 * @param features {@code [I, N, Di]}, one row for each image; borrowed
 * @param texts in any order
 * @param sequences texts with several images, in any order; only for methods that {@linkplain
 *     MethodConfig#readsSequences read them}
 */
public record TrainingBatch(Tensor features, List<Text> texts, List<Sequence> sequences) {

  /**
   * One text.
   *
   * @param image row of the features
   * @param prompt ids that are given, without loss; may be empty
   * @param target ids to be predicted; at least one
   * @param weight how many times the loss of its tokens counts; one below 0 makes the text less
   *     likely
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
  public record Text(int image, int[] prompt, int[] target, double weight) {

    /** A text that counts once. */
    public Text(int image, int[] prompt, int[] target) {
      this(image, prompt, target, 1);
    }

    public Text {
      if (target.length == 0) {
        throw new IllegalArgumentException("a text without a target teaches nothing");
      }
    }

    int length() {
      return prompt.length + target.length;
    }

    /** The same about another row of the features. */
    public Text of(int otherImage) {
      return new Text(otherImage, prompt, target, weight);
    }
  }

  /**
   * A text with images in it: words, and then images with what is said behind each.
   *
   * @param before ids before the first image, without loss; may be empty
   * @param chunks an image each, in their order; at least one
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record Sequence(int[] before, List<Text> chunks) {

    public Sequence {
      chunks = List.copyOf(chunks);
      if (chunks.isEmpty()) {
        throw new IllegalArgumentException("a sequence without an image is no sequence");
      }
    }

    /** Tokens where an image is one. */
    int length() {
      return before.length + chunks.stream().mapToInt(chunk -> 1 + chunk.length()).sum();
    }
  }

  /** Texts with one image each. */
  public TrainingBatch(Tensor features, List<Text> texts) {
    this(features, texts, List.of());
  }

  /**
   * Checks that every text has its image.
   *
   * @throws IllegalArgumentException naming the text that has not
   */
  public TrainingBatch {
    texts = List.copyOf(texts);
    sequences = List.copyOf(sequences);
    if (features.dim() != 3 || (texts.isEmpty() && sequences.isEmpty())) {
      throw new IllegalArgumentException(
          texts.size() + " texts about features " + Tensors.describe(features));
    }
    for (Text text : all(texts, sequences).toList()) {
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
    return new TrainingBatch(otherFeatures, texts, sequences);
  }

  /** Tokens that a method predicts: by this the mean losses of batches are weighted. */
  public long targetTokens(MethodConfig method) {
    return targetTokens(method, texts, sequences);
  }

  /** Tokens of texts and sequences that a method predicts. */
  public static long targetTokens(MethodConfig method, List<Text> texts, List<Sequence> sequences) {
    return all(texts, sequences)
        .mapToLong(text -> Arrays.stream(text.target()).filter(method::learns).count())
        .sum();
  }

  private static Stream<Text> all(List<Text> texts, List<Sequence> sequences) {
    return Stream.concat(
        texts.stream(), sequences.stream().flatMap(sequence -> sequence.chunks().stream()));
  }
}
