package io.lorgnette.explain;

import io.lorgnette.explain.Explanation.Neighbour;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointTexts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The words of a language model's vocabulary whose embeddings point where an embedding of the
 * prefix points (as MAPL and ClipCap read theirs). A prefix need not lie among the words: small
 * cosines say that it does not.
 *
 * @param lm whose words
 * @param tokenizer of {@code lm}
 * @param count words for each embedding
 */
record NearestWords(TextModel lm, Tokenizer tokenizer, int count) {

  /** Words compared at once: 8192 of a width of 4096 are 128 MB in F32. */
  private static final int AT_ONCE = 8192;

  /**
   * The nearest words of each embedding, the nearest first.
   *
   * @param prefix {@code [P, D]}
   */
  List<PrefixToken> of(Tensor prefix) {
    int rows = Math.toIntExact(prefix.size(0));
    List<List<Neighbour>> found = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      found.add(new ArrayList<>());
    }
    // A model may have more rows than its tokenizer has words.
    int vocabulary = Math.min(lm.vocabulary(), tokenizer.vocabularySize());
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor directions = JointTexts.unit(prefix);
      for (int from = 0; count > 0 && from < vocabulary; from += AT_ONCE) {
        add(directions, from, Math.min(vocabulary, from + AT_ONCE), found);
      }
    }
    return found.stream().map(PrefixToken::new).toList();
  }

  private void add(Tensor directions, int from, int to, List<List<Neighbour>> found) {
    try (Scope scope = Scope.open()) {
      Tensor ids = Tensors.range(to - from, lm.device()).add(new Scalar(from));
      Tensor embedded = lm.embed(ids.unsqueeze(0)).squeeze(0);
      Tensor words = JointTexts.unit(embedded); // [n, D]
      Tensor cosines = torch.matmul(directions, words.transpose(0, 1)); // [P, n]
      int most = Math.min(count, to - from);
      var best = cosines.topk(most);
      float[] values = Tensors.toFloats(best.get0());
      long[] places = Tensors.toLongs(best.get1());
      for (int row = 0; row < found.size(); row++) {
        List<Neighbour> all = found.get(row);
        for (int i = row * most; i < (row + 1) * most; i++) {
          int id = from + (int) places[i];
          all.add(new Neighbour(id, tokenizer.decode(new int[] {id}, false), values[i]));
        }
        all.sort(Comparator.comparingDouble(Neighbour::cosine).reversed());
        all.subList(Math.min(count, all.size()), all.size()).clear();
      }
    }
  }
}
