package io.lorgnette.method;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The language model's input in training, a row for each image: {@code [visual prefix][prompt
 * 1][target 1][prompt 2][target 2] ... [padding]}, without bos, eos or image markers.
 *
 * <p>Every text sees the prefix and itself, as if it alone stood behind the prefix, and counts its
 * positions from there; so the prefix, which is longer than most captions, passes the model once
 * for all texts of an image. Only targets are predicted: the first token of a text without a prompt
 * from the last visual position. Padding stands at the right end alone.
 *
 * @param embeddings {@code [I, P + T, D]} in the model's format
 * @param allowed {@code [I, 1, P + T, P + T]} where a token may look, or null where every image has
 *     one text and order says it
 * @param positions {@code [I, P + T]}, or null with {@code allowed}
 * @param from flat positions that predict a target token
 * @param targets the token that each of them predicts
 * @param weights how many times each prediction counts
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers; nobody compares two of them
record PrefixAssembly(
    Tensor embeddings,
    Tensor allowed,
    Tensor positions,
    long[] from,
    long[] targets,
    float[] weights) {

  /** Any id of the vocabulary does: nothing looks at padding, and it predicts nothing. */
  private static final long PADDING = 0;

  /**
   * Puts the texts behind the prefixes of their images.
   *
   * @param prefix {@code [I, P, D]}, one for each image
   */
  static PrefixAssembly of(LanguageModel lm, Tensor prefix, List<TrainingBatch.Text> texts) {
    int images = Math.toIntExact(prefix.size(0));
    int p = Math.toIntExact(prefix.size(1));
    List<List<TrainingBatch.Text>> rows = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      rows.add(new ArrayList<>());
    }
    texts.forEach(text -> rows.get(text.image()).add(text));
    int t = rows.stream().mapToInt(PrefixAssembly::length).max().orElseThrow();
    Layout layout = new Layout(images, p, t, texts);
    for (int row = 0; row < images; row++) {
      layout.fill(row, rows.get(row), lm);
    }
    Tensor words = lm.embed(Tensors.to(Tensors.ofLongs(layout.ids, images, t), lm.device()));
    Tensor all = Tensors.cat(1, Tensors.to(prefix, lm.dtype(), lm.device()), words);
    boolean single = rows.stream().allMatch(row -> row.size() <= 1);
    return new PrefixAssembly(
        all,
        single ? null : layout.allowed(lm),
        single ? null : Tensors.to(Tensors.ofLongs(layout.positions, images, p + t), lm.device()),
        layout.from,
        layout.targets,
        layout.weights);
  }

  private static int length(List<TrainingBatch.Text> row) {
    return row.stream().mapToInt(TrainingBatch.Text::length).sum();
  }

  /** Whether a prediction counts otherwise than once. */
  boolean weighted() {
    for (float weight : weights) {
      if (weight != 1) {
        return true;
      }
    }
    return false;
  }

  /** The model's hidden states, {@code [I, P + T, D]}. */
  Tensor hidden(LanguageModel lm) {
    return allowed == null ? lm.hidden(embeddings) : lm.hiddenWhere(embeddings, allowed, positions);
  }

  /** The arrays that are filled row by row. */
  private static final class Layout {

    private final int p;
    private final int t;
    private final long[] ids; // [I, T]
    private final long[] positions; // [I, P + T]
    private final int[] starts; // [I, T], where the text of a token begins in its row
    private final long[] from;
    private final long[] targets;
    private final float[] weights;
    private int predicted;

    Layout(int images, int p, int t, List<TrainingBatch.Text> texts) {
      this.p = p;
      this.t = t;
      ids = new long[images * t];
      positions = new long[images * (p + t)];
      starts = new int[images * t];
      int count = texts.stream().mapToInt(text -> text.target().length).sum();
      from = new long[count];
      targets = new long[count];
      weights = new float[count];
      Arrays.fill(ids, PADDING);
    }

    void fill(int row, List<TrainingBatch.Text> texts, LanguageModel lm) {
      int width = p + t;
      for (int i = 0; i < p; i++) {
        positions[row * width + i] = i;
      }
      int at = 0;
      for (TrainingBatch.Text text : texts) {
        int start = at;
        int prompt = text.prompt().length;
        for (int i = 0; i < text.length(); i++, at++) {
          int id = i < prompt ? text.prompt()[i] : text.target()[i - prompt];
          ids[row * t + at] = check(id, lm);
          starts[row * t + at] = start;
          positions[row * width + p + at] = p + (long) i;
          if (i >= prompt) {
            from[predicted] = (long) row * width + (i == 0 ? p - 1 : p + at - 1);
            weights[predicted] = (float) text.weight();
            targets[predicted++] = id;
          }
        }
      }
      // Each padding token is a text of its own, at a position that exists.
      for (; at < t; at++) {
        starts[row * t + at] = at;
        positions[row * width + p + at] = p;
      }
    }

    Tensor allowed(LanguageModel lm) {
      int width = p + t;
      int images = ids.length / t;
      byte[] bytes = new byte[images * width * width];
      for (int row = 0; row < images; row++) {
        for (int query = 0; query < width; query++) {
          int line = (row * width + query) * width;
          Arrays.fill(bytes, line, line + Math.min(query + 1, p), (byte) 1);
          if (query >= p) {
            int start = p + starts[row * t + query - p];
            Arrays.fill(bytes, line + start, line + query + 1, (byte) 1);
          }
        }
      }
      return Tensors.to(Tensors.ofBytes(bytes, Dtype.BOOL, images, 1, width, width), lm.device());
    }

    private static int check(int id, LanguageModel lm) {
      if (id < 0 || id >= lm.vocabulary()) {
        throw new IllegalArgumentException(
            "token id " + id + " is not in the vocabulary of " + lm.vocabulary());
      }
      return id;
    }
  }
}
