package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

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
   * Draws the answers to each prompt with random numbers of its own, so that prompts which are much
   * alike are not answered alike.
   *
   * @param seeds of each prompt, in the place of the configuration's
   * @throws IllegalArgumentException also if the configuration does not sample or there are not as
   *     many seeds as prompts
   */
  public List<List<Generation>> sampleAll(
      List<Prompt> prompts, GenerationConfig config, long[] seeds) {
    if (config.sampling() == null || seeds.length != prompts.size()) {
      throw new IllegalArgumentException(
          seeds.length + " seeds for " + prompts.size() + " prompts of " + config);
    }
    if (prompts.isEmpty()) {
      return List.of();
    }
    try (Running running = begin(prompts, config, seeds, NOBODY)) {
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
    return begin(prompts, config, null, listener);
  }

  private Running begin(
      List<Prompt> prompts, GenerationConfig config, long[] seeds, TokenListener listener) {
    check(prompts, config);
    // What an encoder-decoder is to say first, and what it sees beside, is of one length in a
    // batch.
    Map<List<Integer>, List<Integer>> alike = new LinkedHashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      Prompt prompt = prompts.get(i);
      List<Integer> lengths = List.of(prompt.said().length, prompt.lengthBeside());
      alike.computeIfAbsent(lengths, key -> new ArrayList<>()).add(i);
    }
    List<Running.Group> groups = new ArrayList<>();
    try {
      for (List<Integer> numbers : alike.values()) {
        List<Prompt> own = numbers.stream().map(prompts::get).toList();
        TokenListener told = new Renumbered(listener, numbers, config.numReturn());
        groups.add(
            group(
                numbers,
                own.stream().map(prompt -> prompt.history(lm)).toArray(int[][]::new),
                () -> DecodingBatch.start(lm, own, config.maxNewTokens()),
                config,
                seeds == null ? null : numbers.stream().mapToLong(n -> seeds[n]).toArray(),
                told));
      }
      return new Running(groups);
    } catch (RuntimeException | Error e) {
      groups.forEach(group -> group.batch().close());
      throw e;
    }
  }

  /**
   * A listener that hears of prompts which are some of many.
   *
   * @param numbers of these among all
   * @param each answers to a prompt
   */
  private record Renumbered(TokenListener listener, List<Integer> numbers, int each)
      implements TokenListener {

    private int among(int row) {
      return numbers.get(row / each) * each + row % each;
    }

    @Override
    public void token(int row, int id) {
      listener.token(among(row), id);
    }

    @Override
    public void token(int row, OpenBatch.Token token) {
      listener.token(among(row), token);
    }

    @Override
    public int likely(int row) {
      return listener.likely(among(row));
    }
  }

  private Running.Group group(
      List<Integer> numbers,
      int[][] histories,
      Supplier<DecodingBatch> started,
      GenerationConfig config,
      long[] seeds,
      TokenListener listener) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      DecodingBatch batch = started.get();
      try {
        Texts texts = new Texts(tokenizer, config.stop());
        return new Running.Group(
            numbers,
            batch,
            Decoding.of(config, texts, listener, batch, histories, seeds, lm.vocabulary()));
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
    Running.Group all =
        group(
            IntStream.range(0, inputs.size()).boxed().toList(),
            inputs.stream().map(own -> own.get(0).history(lm)).toArray(int[][]::new),
            () -> DecodingBatch.fused(model, inputs, config.maxNewTokens()),
            config,
            null,
            NOBODY);
    try (Running running = new Running(List.of(all))) {
      return running.toTheEnd().stream().map(answers -> answers.get(0)).toList();
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
