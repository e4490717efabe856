package io.lorgnette.method;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The language model's input in training: {@code [visual prefix][prompt][target][padding]}, without
 * bos, eos or image markers. Only targets have labels, so the first one is predicted from the last
 * position before it: a visual one where there is no prompt. Padding is at the right end alone, and
 * real positions count on without a gap.
 *
 * @param embeddings {@code [B, P + T, D]} in the model's format
 * @param labels {@code B * (P + T)}, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
record PrefixAssembly(Tensor embeddings, long[] labels) {

  /** Any id of the vocabulary does: nothing looks at padding, and it has no label. */
  private static final long PADDING = 0;

  /**
   * Puts each text behind the prefix of its image.
   *
   * @param prefix {@code [I, P, D]}, one for each image
   */
  static PrefixAssembly of(LanguageModel lm, Tensor prefix, List<TrainingBatch.Text> texts) {
    int p = Math.toIntExact(prefix.size(1));
    int t = texts.stream().mapToInt(TrainingBatch.Text::length).max().orElseThrow();
    long[] ids = new long[texts.size() * t];
    long[] labels = new long[texts.size() * (p + t)];
    long[] images = new long[texts.size()];
    Arrays.fill(ids, PADDING);
    Arrays.fill(labels, NextTokenLoss.IGNORE);
    for (int row = 0; row < texts.size(); row++) {
      TrainingBatch.Text text = texts.get(row);
      images[row] = text.image();
      int target = text.prompt().length;
      for (int i = 0; i < text.length(); i++) {
        int id = i < target ? text.prompt()[i] : text.target()[i - target];
        ids[row * t + i] = check(id, lm);
        if (i >= target) {
          labels[row * (p + t) + p + i] = id;
        }
      }
    }
    Tensor words = lm.embed(Tensors.to(Tensors.ofLongs(ids, images.length, t), lm.device()));
    Tensor index = Tensors.to(Tensors.ofLongs(images, images.length), lm.device());
    Tensor seen = Tensors.to(prefix, lm.dtype(), lm.device()).index_select(0, index); // [B, P, D]
    return new PrefixAssembly(Tensors.cat(1, seen, words), labels);
  }

  private static int check(int id, LanguageModel lm) {
    if (id < 0 || id >= lm.config().vocabulary()) {
      throw new IllegalArgumentException(
          "token id " + id + " is not in the vocabulary of " + lm.config().vocabulary());
    }
    return id;
  }
}
