package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.List;

/**
 * Continues prompts with a language model, or lets an encoder-decoder write about them: greedy, by
 * beam search, or at random, many prompts of unequal length at once. A prompt's answer does not
 * depend on its neighbours in the batch (but for the last bits of the scores).
 *
 * <p>Immutable; safe for use by several threads, each call having its own cache. Native memory is
 * freed when a call ends, also by an exception.
 */
public final class Generator {

  private static final TokenListener NOBODY = (row, id) -> {};

  private final TextModel lm;
  private final Tokenizer tokenizer; // or null

  /** A generator of ids; its results have no text, and it can not stop at strings. */
  public Generator(TextModel lm) {
    this(lm, null);
  }

  /**
   * A generator of ids and their text.
   *
   * @param tokenizer of the model, or null; it stays the caller's to close
   */
  public Generator(TextModel lm, Tokenizer tokenizer) {
    this.lm = lm;
    this.tokenizer = tokenizer;
  }

  /** The best answer to one prompt. */
  public Generation generate(Prompt prompt, GenerationConfig config) {
    return generate(List.of(prompt), config).get(0);
  }

  /** The best answer to each prompt. */
  public List<Generation> generate(List<Prompt> prompts, GenerationConfig config) {
    return generateAll(prompts, config, NOBODY).stream().map(answers -> answers.get(0)).toList();
  }

  /** As {@link #generateAll(List, GenerationConfig, TokenListener)}, unheard. */
  public List<List<Generation>> generateAll(List<Prompt> prompts, GenerationConfig config) {
    return generateAll(prompts, config, NOBODY);
  }

  /**
   * The answers to each prompt: {@link GenerationConfig#numReturn} of them, those of a beam search
   * best first.
   *
   * @throws io.lorgnette.error.InputException if a prompt and its answer exceed the model's
   *     positions
   * @throws IllegalArgumentException if a prompt is empty or does not fit the model, or the
   *     settings name an id that it does not have
   */
  public List<List<Generation>> generateAll(
      List<Prompt> prompts, GenerationConfig config, TokenListener listener) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    check(prompts, config);
    Texts texts = new Texts(tokenizer, config.stop());
    int[][] histories = prompts.stream().map(prompt -> prompt.history(lm)).toArray(int[][]::new);
    Decoding decoding = new Decoding(config, texts, listener, histories, lm.vocabulary());
    try (Tensors.NoGrad guard = Tensors.noGrad();
        DecodingBatch batch = DecodingBatch.start(lm, prompts, config.maxNewTokens())) {
      return config.beams() > 1 ? decoding.beams(batch) : decoding.rows(batch);
    }
  }

  /**
   * The best answer to each question of an encoder-decoder, whose encoder reads several inputs for
   * it and whose decoder sees all of them: see {@link Fusion}.
   *
   * @param inputs for each question at least one
   * @throws io.lorgnette.error.InputException if an input or an answer exceeds the model's
   *     positions
   * @throws IllegalArgumentException if the model is no encoder-decoder, or an input is empty
   */
  public List<Generation> generateFused(List<List<Prompt>> inputs, GenerationConfig config) {
    if (!(lm instanceof EncoderDecoder model)) {
      throw new IllegalArgumentException("only the decoder of an encoder-decoder fuses inputs");
    }
    if (inputs.isEmpty()) {
      return List.of();
    }
    check(inputs.stream().flatMap(List::stream).toList(), config);
    int[][] histories = inputs.stream().map(own -> own.get(0).history(lm)).toArray(int[][]::new);
    Decoding decoding =
        new Decoding(
            config, new Texts(tokenizer, config.stop()), NOBODY, histories, lm.vocabulary());
    try (Tensors.NoGrad guard = Tensors.noGrad();
        DecodingBatch batch = DecodingBatch.fused(model, inputs, config.maxNewTokens())) {
      return (config.beams() > 1 ? decoding.beams(batch) : decoding.rows(batch))
          .stream().map(answers -> answers.get(0)).toList();
    }
  }

  private void check(List<Prompt> prompts, GenerationConfig config) {
    Checks.ids(config.eos().stream().mapToInt(Integer::intValue).toArray(), lm, "eos");
    GenerationConfig.Forced forced = config.forced();
    Checks.ids(forced.bos().stream().toArray(), lm, "forced bos");
    Checks.ids(forced.eos().stream().mapToInt(Integer::intValue).toArray(), lm, "forced eos");
    for (Prompt prompt : prompts) {
      Checks.length(prompt, config.maxNewTokens(), lm);
    }
  }
}
