package io.lorgnette.generate;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Scores as a model gave them, copied to Java. Its memory is reused; belongs to one thread. */
final class ReadScores implements Scores {

  private final int vocabulary;
  private float[] logits = new float[0]; // [R, V], or longer
  private float[] logSums = new float[0]; // [R], or longer
  private int shared = 1;

  ReadScores(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * Takes the next scores.
   *
   * @param given {@code [R, V]}
   */
  void read(Tensor given) {
    Tensor scores = Tensors.to(given, Dtype.F32); // [R, V]
    int rows = Math.toIntExact(scores.size(0));
    shared = 1;
    logits = copy(scores, logits);
    logSums = copy(torch.logsumexp(scores, 1), logSums);
    for (int row = 0; row < rows; row++) {
      if (!Float.isFinite(logSums[row])) {
        throw new IllegalStateException(
            "the language model's scores are not finite; its weights or the prompt's"
                + " embeddings are damaged");
      }
    }
  }

  /** Lets so many consecutive rows have the scores of one, until the next are read. */
  void share(int copies) {
    shared = copies;
  }

  private static float[] copy(Tensor from, float[] to) {
    Tensor plain = Tensors.to(from, Device.CPU).contiguous();
    int count = Math.toIntExact(plain.numel());
    float[] target = to.length >= count ? to : new float[count];
    Tensors.bytes(plain).asFloatBuffer().get(target, 0, count);
    return target;
  }

  @Override
  public float[] logits() {
    return logits;
  }

  @Override
  public int offset(int row) {
    return row / shared * vocabulary;
  }

  @Override
  public float logSum(int row) {
    return logSums[row / shared];
  }
}
