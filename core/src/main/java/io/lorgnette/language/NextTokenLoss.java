package io.lorgnette.language;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy of the next token, with logits computed only where there is a label: a visual
 * prefix, a prompt and padding cost no output matrix.
 */
public final class NextTokenLoss {

  /** The label of a position whose token is not predicted. */
  public static final long IGNORE = -100;

  private static final long NONE = 0;
  private static final long MEAN = 1;
  private static final long SUM = 2;

  private NextTokenLoss() {}

  /**
   * The mean over labelled tokens; the token at t is predicted from position t - 1.
   *
   * @param hidden {@code [B, T, D]}
   * @param labels {@code B * T} token ids or {@link #IGNORE}, row by row
   * @return a scalar in F32
   */
  public static Tensor mean(LanguageModel lm, Tensor hidden, long[] labels) {
    return of(lm, hidden, labels, MEAN, 0);
  }

  /** As {@link #mean}, with a share of the probability spread over all words. */
  public static Tensor mean(LanguageModel lm, Tensor hidden, long[] labels, double labelSmoothing) {
    return of(lm, hidden, labels, MEAN, labelSmoothing);
  }

  /** The sum over labelled tokens, in nats. */
  public static Tensor sum(LanguageModel lm, Tensor hidden, long[] labels) {
    return of(lm, hidden, labels, SUM, 0);
  }

  /** How many tokens have a label that can be predicted. */
  public static long count(long[] labels, int columns) {
    return Arrays.stream(positions(labels, columns)).count();
  }

  private static Tensor of(
      LanguageModel lm, Tensor hidden, long[] labels, long reduction, double smoothing) {
    int columns = Math.toIntExact(hidden.size(1));
    if (labels.length != hidden.size(0) * columns) {
      throw new IllegalArgumentException(
          labels.length + " labels for hidden states " + Tensors.describe(hidden));
    }
    long[] from = positions(labels, columns);
    if (from.length == 0) {
      throw new IllegalArgumentException("no token has a label");
    }
    long[] targets = Arrays.stream(from).map(i -> labels[(int) i + 1]).toArray();
    return at(lm, hidden, from, targets, reduction, smoothing, 1);
  }

  /**
   * The mean over given predictions, where the token that predicts another is not always the one
   * before it: several texts may follow one prefix.
   *
   * @param hidden {@code [B, T, D]}
   * @param from flat positions {@code row * T + t} that predict
   * @param targets the token each of them predicts
   * @return a scalar; F64 where the model is, else F32
   */
  public static Tensor meanAt(
      TextModel lm, Tensor hidden, long[] from, long[] targets, double labelSmoothing) {
    return at(lm, hidden, from, targets, MEAN, labelSmoothing, 1);
  }

  /**
   * As {@link #meanAt(TextModel, Tensor, long[], long[], double)}, where each prediction's loss
   * counts so many times; the sum is divided by the number of predictions all the same.
   *
   * @param weights of the predictions; one below 0 makes a token less likely
   * @param temperature by which scores are divided, as those of a draw are
   */
  public static Tensor meanAt(
      TextModel lm,
      Tensor hidden,
      long[] from,
      long[] targets,
      float[] weights,
      double labelSmoothing,
      double temperature) {
    Tensor each = at(lm, hidden, from, targets, NONE, labelSmoothing, temperature); // [n]
    Tensor factors = Tensors.to(Tensors.ofFloats(weights, weights.length), lm.device());
    long labelled = Arrays.stream(targets).filter(target -> target != IGNORE).count();
    return each.mul(Tensors.to(factors, Tensors.dtype(each))).sum().div(new Scalar(labelled));
  }

  private static Tensor at(
      TextModel lm,
      Tensor hidden,
      long[] from,
      long[] targets,
      long reduction,
      double smoothing,
      double temperature) {
    Tensor index = Tensors.to(Tensors.ofLongs(from, from.length), lm.device());
    Tensor target = Tensors.to(Tensors.ofLongs(targets, targets.length), lm.device());
    Tensor chosen = hidden.reshape(-1, hidden.size(2)).index_select(0, index); // [n, D]
    Tensor scores = lm.logits(chosen); // [n, V]
    Tensor logits = Tensors.dtype(scores) == Dtype.F64 ? scores : Tensors.to(scores, Dtype.F32);
    Tensor tempered = temperature == 1 ? logits : logits.div(new Scalar(temperature));
    return torch.cross_entropy_loss(
        tempered, target, new TensorOptional(), reduction, IGNORE, smoothing);
  }

  /** Flat positions whose next token, in the same row, has a label. */
  private static long[] positions(long[] labels, int columns) {
    long[] from = new long[labels.length];
    int n = 0;
    for (int i = 0; i + 1 < labels.length; i++) {
      if ((i + 1) % columns != 0 && labels[i + 1] != IGNORE) {
        from[n++] = i;
      }
    }
    return Arrays.copyOf(from, n);
  }
}
