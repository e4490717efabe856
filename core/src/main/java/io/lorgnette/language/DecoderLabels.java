package io.lorgnette.language;

import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What an encoder-decoder learns to write: its decoder is given the labels moved one to the right,
 * behind the start token, and predicts each at its own place.
 */
public final class DecoderLabels {

  private final EncoderDecoder model;
  private final long[] labels;
  private final int columns;

  /**
   * Labels of a batch.
   *
   * @param labels token ids or {@link NextTokenLoss#IGNORE}, row by row
   * @param columns T, of each row
   * @throws IllegalArgumentException if they fill no rows, or no token has a label
   */
  public DecoderLabels(EncoderDecoder model, long[] labels, int columns) {
    if (columns < 1 || labels.length % columns != 0) {
      throw new IllegalArgumentException(labels.length + " labels for rows of " + columns);
    }
    if (Arrays.stream(labels).allMatch(label -> label == NextTokenLoss.IGNORE)) {
      throw new IllegalArgumentException("no token has a label");
    }
    this.model = model;
    this.labels = labels.clone();
    this.columns = columns;
  }

  /** The decoder's input ids, {@code [R, T]}: the padding token where there is no label. */
  public Tensor inputs() {
    long[] ids = new long[labels.length];
    for (int i = 0; i < ids.length; i++) {
      long before = i % columns == 0 ? model.config().start() : labels[i - 1];
      ids[i] = before == NextTokenLoss.IGNORE ? model.config().pad() : before;
    }
    return Tensors.to(Tensors.ofLongs(ids, ids.length / columns, columns), model.device());
  }

  /** How many tokens have a label. */
  public long count() {
    return Arrays.stream(labels).filter(label -> label != NextTokenLoss.IGNORE).count();
  }

  /**
   * The mean cross-entropy of the labels.
   *
   * @param hidden the decoder's output for {@link #inputs}, {@code [R, T, D]}
   * @param labelSmoothing share of the probability spread over all words
   * @return a scalar; F64 where the model is, else F32
   */
  public Tensor loss(Tensor hidden, double labelSmoothing) {
    if (hidden.size(0) * hidden.size(1) != labels.length || hidden.size(1) != columns) {
      throw new IllegalArgumentException(
          labels.length + " labels for hidden states " + Tensors.describe(hidden));
    }
    long[] from =
        IntStream.range(0, labels.length)
            .filter(i -> labels[i] != NextTokenLoss.IGNORE)
            .asLongStream()
            .toArray();
    long[] targets = Arrays.stream(from).map(i -> labels[(int) i]).toArray();
    return NextTokenLoss.meanAt(model, hidden, from, targets, labelSmoothing);
  }
}
