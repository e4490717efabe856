package io.lorgnette.verbal;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Fusion;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A system in the manner of TRiG (Gao et al. 2022, transform, retrieve, generate): the image
 * becomes text, passages are found for it, an encoder reads each of them with question and image
 * text, and the decoder writes the answer from the states of all.
 *
 * <p>Immutable; safe for use by several threads; model and tokenizer stay the caller's.
 *
 * <p>Legend: Q questions, T tokens of an answer, D width, V vocabulary.
 */
public final class Trig {

  private final EncoderDecoder model;
  private final Tokenizer tokenizer;
  private final int maxTokens;
  private final int end;

  /**
   * The system over a model.
   *
   * @param maxTokens of an input; of a longer one, which ends in its passage, the end is left out
   * @throws InputException if the tokenizer has no end of a text, or the model fewer positions
   */
  public Trig(EncoderDecoder model, Tokenizer tokenizer, int maxTokens) {
    int[] ends = TextEnds.of(tokenizer, model.vocabulary());
    if (ends.length == 0) {
      throw new InputException(
          tokenizer + " has no token that ends a text, such as </s>; use another model");
    }
    if (maxTokens > model.positions()) {
      throw new InputException(
          "max_tokens is "
              + maxTokens
              + " but the model has "
              + model.positions()
              + " positions; lower it");
    }
    this.model = model;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.end = ends[0];
  }

  /** The same system over other weights. */
  public Trig with(EncoderDecoder other) {
    return new Trig(other, tokenizer, maxTokens);
  }

  /**
   * A question as the model is asked.
   *
   * @param inputs ids of each input, at least one
   */
  public record Input(List<int[]> inputs) {

    public Input {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * What is read for a question, a text for each passage; without passages one text.
   *
   * @param passages best first
   */
  public static List<String> texts(String question, Told told, List<String> passages) {
    String begin = "question: " + question.strip() + " context: " + told.text();
    return passages.isEmpty()
        ? List.of(begin)
        : passages.stream().map(passage -> begin + " passage: " + passage.strip()).toList();
  }

  /** The words by which passages are looked for. */
  public static String query(String question, Told told) {
    return question + " " + told.text();
  }

  /** Texts in the model's tokens, an end of a text behind each where the tokenizer puts one. */
  public Input encode(List<String> texts) {
    return new Input(texts.stream().map(this::encode).toList());
  }

  private int[] encode(String text) {
    int[] ids = tokenizer.encodeWithSpecials(text);
    if (ids.length <= maxTokens) {
      return ids;
    }
    int[] cut = Arrays.copyOf(ids, maxTokens);
    if (ids[ids.length - 1] == end) {
      cut[maxTokens - 1] = end;
    }
    return cut;
  }

  /** The tokens of an answer to be learned, with its end. */
  public int[] target(String answer) {
    int[] ids = tokenizer.encode(answer.strip());
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = end;
    return ended;
  }

  /** Writes answers. */
  public List<Generation> answers(List<Input> questions, GenerationConfig config) {
    return new Generator(model, tokenizer)
        .generateFused(questions.stream().map(Trig::prompts).toList(), config.withEos(end));
  }

  private static List<Prompt> prompts(Input question) {
    return question.inputs().stream().map(Prompt::of).toList();
  }

  /**
   * The cross entropy of answers, the mean over their tokens in nats. Gradients flow to the model's
   * weights.
   *
   * @param targets of each question, see {@link #target}
   * @return a scalar in F32
   */
  public Tensor loss(List<Input> questions, List<int[]> targets) {
    int longest = targets.stream().mapToInt(ids -> ids.length).max().orElseThrow();
    long[] inputs = new long[targets.size() * longest];
    // Padding on the right is seen by no token before it.
    Arrays.fill(inputs, model.config().pad());
    List<Long> from = new ArrayList<>();
    List<Long> wanted = new ArrayList<>();
    for (int q = 0; q < targets.size(); q++) {
      int[] ids = targets.get(q);
      for (int t = 0; t < ids.length; t++) {
        int at = q * longest + t;
        inputs[at] = t == 0 ? model.config().start() : ids[t - 1];
        from.add((long) at);
        wanted.add((long) ids[t]);
      }
    }
    Tensor ids =
        Tensors.to(Tensors.ofLongs(inputs, targets.size(), longest), model.device()); // [Q, T]
    Tensor hidden =
        model.decode(
            model.embed(ids),
            Fusion.memory(model, questions.stream().map(Trig::prompts).toList())); // [Q, T, D]
    return NextTokenLoss.meanAt(model, hidden, array(from), array(wanted), 0);
  }

  private static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
