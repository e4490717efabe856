package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Tells how probable given tokens are after a prompt, or as what an encoder-decoder writes about
 * it: to rank answers, and for perplexity.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Scorer {

  /** Scores held at once, V for each token; 64 MB. */
  private static final long SCORES_AT_ONCE = 1 << 24;

  private final TextModel lm;

  public Scorer(TextModel lm) {
    this.lm = lm;
  }

  /**
   * The log-probabilities of the tokens of a continuation, in nats, each given all before it.
   *
   * @param logProbabilities one for each token
   */
  @SuppressWarnings("ArrayRecordComponent") // A carrier of numbers; nobody compares two of them.
  public record Score(float[] logProbabilities) {

    /** The log-probability of the whole continuation. */
    public double sum() {
      double sum = 0;
      for (float value : logProbabilities) {
        sum += value;
      }
      return sum;
    }

    /** The mean log-probability of a token. */
    public double perToken() {
      return sum() / logProbabilities.length;
    }

    /** The exponential of the mean negative log-probability of a token. */
    public double perplexity() {
      return Math.exp(-perToken());
    }
  }

  /** The score of one continuation. */
  public Score score(Prompt prompt, int... continuation) {
    return score(List.of(prompt), List.of(continuation)).get(0);
  }

  /**
   * The scores of continuations, run as one batch.
   *
   * @param prompts of at least one token each, of any lengths
   * @param continuations one for each prompt, of at least one token
   * @throws io.lorgnette.error.InputException if both together exceed the model's positions
   * @throws IllegalArgumentException if one is empty or does not fit the model
   */
  public List<Score> score(List<Prompt> prompts, List<int[]> continuations) {
    check(prompts, continuations);
    if (prompts.isEmpty()) {
      return List.of();
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      float[] all = predict(hidden(prompts, continuations), continuations);
      List<Score> scores = new ArrayList<>();
      int at = 0;
      for (int[] ids : continuations) {
        scores.add(new Score(Arrays.copyOfRange(all, at, at + ids.length)));
        at += ids.length;
      }
      return scores;
    }
  }

  private void check(List<Prompt> prompts, List<int[]> continuations) {
    if (prompts.size() != continuations.size()) {
      throw new IllegalArgumentException(
          prompts.size() + " prompts do not go with " + continuations.size() + " continuations");
    }
    for (int i = 0; i < prompts.size(); i++) {
      int[] ids = continuations.get(i);
      if (ids.length == 0) {
        throw new IllegalArgumentException("continuation " + i + " is empty");
      }
      Checks.ids(ids, lm, "a continuation");
      if (prompts.get(i).lengthBeside() != prompts.get(0).lengthBeside()) {
        throw new IllegalArgumentException(
            "only prompts beside equally many states are scored together");
      }
      if (prompts.get(i).said().length > 0 && !(lm instanceof EncoderDecoder)) {
        throw new IllegalArgumentException("only an encoder-decoder has said something already");
      }
      Checks.length(prompts.get(i), ids.length, lm);
    }
  }

  /** Hidden states from which the tokens of the continuations are predicted, {@code [n, D]}. */
  private Tensor hidden(List<Prompt> prompts, List<int[]> continuations) {
    return lm instanceof EncoderDecoder model
        ? written(model, prompts, continuations)
        : continued((LanguageModel) lm, prompts, continuations);
  }

  private static Tensor written(
      EncoderDecoder model, List<Prompt> prompts, List<int[]> continuations) {
    List<int[]> written = new ArrayList<>();
    for (int i = 0; i < continuations.size(); i++) {
      IntStream said = IntStream.of(prompts.get(i).said());
      written.add(IntStream.concat(said, IntStream.of(continuations.get(i))).toArray());
    }
    int longest = written.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    long[] inputs = new long[continuations.size() * longest];
    // Padding on the right is seen by no token before it.
    Arrays.fill(inputs, model.config().pad());
    List<Long> from = new ArrayList<>();
    for (int i = 0; i < continuations.size(); i++) {
      int[] ids = written.get(i);
      for (int t = 0; t < ids.length; t++) {
        int at = i * longest + t;
        inputs[at] = t == 0 ? model.config().start() : ids[t - 1];
        if (t >= ids.length - continuations.get(i).length) {
          from.add((long) at);
        }
      }
    }
    Tensor ids = Tensors.to(Tensors.ofLongs(inputs, continuations.size(), longest), model.device());
    Tensor hidden = model.decode(model.embed(ids), Encoding.of(model, prompts)); // [B, T, D]
    return at(hidden, from, model);
  }

  private static Tensor continued(
      LanguageModel lm, List<Prompt> prompts, List<int[]> continuations) {
    int longest = 0;
    for (int i = 0; i < prompts.size(); i++) {
      longest = Math.max(longest, prompts.get(i).length() + continuations.get(i).length - 1);
    }
    Tensor[] rows = new Tensor[prompts.size()];
    List<Long> from = new ArrayList<>(); // positions in the batch seen as one row
    for (int i = 0; i < rows.length; i++) {
      int[] ids = continuations.get(i);
      int first = prompts.get(i).length() - 1;
      Prompt input = prompts.get(i).then(Arrays.copyOf(ids, ids.length - 1));
      List<Tensor> parts = input.embed(lm);
      // Padding on the right is seen by no token before it.
      int padding = longest - input.length();
      parts.add(Tensors.zeros(lm.dtype(), lm.device(), padding, lm.width()));
      rows[i] = Tensors.cat(0, parts.toArray(Tensor[]::new)); // [T, D]
      for (int t = 0; t < ids.length; t++) {
        from.add((long) i * longest + first + t);
      }
    }
    return at(lm.hidden(Tensors.stack(0, rows)), from, lm);
  }

  /** Rows of {@code [B, T, D]} seen as {@code [B * T, D]}. */
  private static Tensor at(Tensor hidden, List<Long> from, TextModel lm) {
    long[] positions = from.stream().mapToLong(Long::longValue).toArray();
    Tensor index = Tensors.to(Tensors.ofLongs(positions, positions.length), lm.device());
    return hidden.view(-1, hidden.size(2)).index_select(0, index);
  }

  private float[] predict(Tensor hidden, List<int[]> continuations) {
    int[] targets = continuations.stream().flatMapToInt(Arrays::stream).toArray();
    int rows = Math.toIntExact(Math.max(1, SCORES_AT_ONCE / lm.vocabulary()));
    float[] all = new float[targets.length];
    for (int start = 0; start < all.length; start += rows) {
      int end = Math.min(all.length, start + rows);
      try (Scope scope = Scope.open()) {
        Tensor part = hidden.narrow(0, start, end - start);
        Tensor scores = Tensors.to(lm.logits(part), Dtype.F32); // [n, V]
        Tensor ids = Tensors.ofInts(Arrays.copyOfRange(targets, start, end));
        Tensor index = Tensors.to(ids, lm.device()).view(end - start, 1);
        Tensor chosen = torch.gather(scores, 1, index).view(end - start);
        float[] values = Tensors.toFloats(chosen.sub(torch.logsumexp(scores, 1)));
        System.arraycopy(values, 0, all, start, values.length);
      }
    }
    return all;
  }
}
