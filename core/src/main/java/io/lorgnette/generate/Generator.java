package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    try (Running running = begin(prompts, config, listener)) {
      return running.toTheEnd();
    }
  }

  /**
   * Runs prompts, whose answers the caller lets grow step by step, between other work; else as
   * {@link #generateAll(List, GenerationConfig, TokenListener)}.
   *
   * @param prompts at least one
   */
  public Running begin(List<Prompt> prompts, GenerationConfig config, TokenListener listener) {
    check(prompts, config);
    Map<List<Integer>, List<Integer>> alike = new LinkedHashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      Prompt prompt = prompts.get(i);
      List<Integer> lengths = List.of(prompt.said().length, prompt.lengthBeside());
      alike.computeIfAbsent(lengths, key -> new ArrayList<>()).add(i);
    }
    if (alike.size() == 1) {
      return together(prompts, config, listener);
    }
    List<List<Generation>> all = new ArrayList<>(Collections.nCopies(prompts.size(), null));
    for (List<Integer> rows : alike.values()) {
      int each = config.numReturn();
      TokenListener told =
          (row, id) -> listener.token(rows.get(row / each) * each + row % each, id);
      List<List<Generation>> some =
          together(rows.stream().map(prompts::get).toList(), config, told);
      for (int i = 0; i < rows.size(); i++) {
        all.set(rows.get(i), some.get(i));
      }
    }
    return all;
  }

  /** Of prompts that have an encoder-decoder say equally much, beside equally many states. */
  private List<List<Generation>> together(
      List<Prompt> prompts, GenerationConfig config, TokenListener listener) {
    Texts texts = new Texts(tokenizer, config.stop());
    int[][] histories = prompts.stream().map(prompt -> prompt.history(lm)).toArray(int[][]::new);
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      DecodingBatch batch = DecodingBatch.start(lm, prompts, config.maxNewTokens());
      try {
        return new Running(
            batch, Decoding.of(config, texts, listener, batch, histories, lm.vocabulary()));
      } catch (RuntimeException | Error e) {
        batch.close();
        throw e;
      }
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
    int[][] histories =
        inputs.stream().map(own -> own.get(0).history(lm)).toArray(int[][]::new);
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
