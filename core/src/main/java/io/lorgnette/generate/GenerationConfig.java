package io.lorgnette.generate;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * How tokens are chosen. The names and their meaning are those of Hugging Face's {@code generate}.
 *
 * @param maxNewTokens tokens generated at most, at least 1
 * @param minNewTokens tokens before which no end token is allowed
 * @param eos ids that end a sequence; may be empty
 * @param beams sequences searched in parallel; 1 for greedy decoding and for sampling
 * @param lengthPenalty exponent of the length by which a sum of log-probabilities is divided to
 *     rank a sequence; above 0 favours long ones
 * @param earlyStopping when a beam search ends
 * @param numReturn sequences returned for a prompt: at most {@code beams} with beams, any number
 *     when sampling, else 1
 * @param repetitionPenalty by which scores of tokens already there are divided (multiplied where
 *     negative); 1 for none (Keskar et al. 2019)
 * @param noRepeatNgram length of the n-grams that may occur only once; 0 for none
 * @param sampling or null to take the most probable
 * @param stop texts that end a sequence and do not belong to it
 * @param forced tokens that certain places must have
 * @since 0.1
 */
public record GenerationConfig(
    int maxNewTokens,
    int minNewTokens,
    Set<Integer> eos,
    int beams,
    double lengthPenalty,
    EarlyStopping earlyStopping,
    int numReturn,
    double repetitionPenalty,
    int noRepeatNgram,
    Sampling sampling,
    List<String> stop,
    Forced forced) {

  /** When a beam search ends, once it holds as many finished sequences as beams. */
  public enum EarlyStopping {
    /** When the best open beam, ended at its present length, would not be among them. */
    FALSE,
    /** At once. */
    TRUE,
    /** When no open beam can be among them whatever follows. */
    NEVER
  }

  /**
   * Random choice of tokens.
   *
   * @param temperature by which scores are divided, above 0
   * @param topK how many of the most probable tokens are eligible; 0 for all
   * @param topP share of probability that the eligible tokens reach together, above 0 and at most 1
   * @param seed of the random numbers
   */
  public record Sampling(double temperature, int topK, double topP, long seed) {
    public Sampling {
      require(temperature > 0 && temperature < 1e6, "temperature", "above 0", temperature);
      require(topK >= 0, "topK", "at least 0", topK);
      require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
    }

    /**
     * What somebody wants who names only some of the values, as requests of other interfaces do:
     * greedy without any of them, and a temperature of 1 where only others were named.
     *
     * @param temperature or null; 0 for greedy whatever else is named
     * @param topK or null
     * @param topP or null; 0 for the most probable token alone
     * @param seed or null for one of chance
     * @param several whether several answers are wanted, which only chance makes different
     * @return null for greedy
     * @throws IllegalArgumentException naming the first that is out of range
     */
    public static Sampling wanted(
        Double temperature, Integer topK, Double topP, Long seed, boolean several) {
      boolean chance =
          several
              || seed != null
              || (topP != null && topP < 1)
              || (topK != null && topK > 0)
              || (temperature != null && temperature != 0);
      if (!chance || (temperature != null && temperature == 0)) {
        return null;
      }
      // A nucleus of nothing holds the most probable token, as one of a very small share does.
      return new Sampling(
          temperature == null ? 1 : temperature,
          topK == null ? 0 : topK,
          topP == null ? 1 : topP == 0 ? Double.MIN_NORMAL : topP,
          seed == null ? ThreadLocalRandom.current().nextLong() : seed);
    }
  }

  /**
   * Tokens that certain places must have, whatever the model says. Their log-probability counts as
   * 0 in a beam search.
   *
   * @param bos the token behind the first one of a sequence, which for an encoder-decoder is the
   *     first new one
   * @param eos of which one is the last token when no more are allowed; may be empty
   */
  public record Forced(OptionalInt bos, Set<Integer> eos) {

    /** Nothing. */
    public static final Forced NONE = new Forced(OptionalInt.empty(), Set.of());

    public Forced {
      require(bos.orElse(0) >= 0, "forced bos", "an id from 0 on", bos);
      require(eos.stream().allMatch(id -> id >= 0), "forced eos", "made of ids from 0 on", eos);
      eos = Set.copyOf(eos);
    }
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException naming the first that is out of range
   */
  public GenerationConfig {
    require(maxNewTokens >= 1, "maxNewTokens", "at least 1", maxNewTokens);
    require(
        minNewTokens >= 0 && minNewTokens <= maxNewTokens,
        "minNewTokens",
        "from 0 to maxNewTokens " + maxNewTokens,
        minNewTokens);
    require(beams >= 1, "beams", "at least 1", beams);
    require(Double.isFinite(lengthPenalty), "lengthPenalty", "a finite number", lengthPenalty);
    require(
        repetitionPenalty > 0 && Double.isFinite(repetitionPenalty),
        "repetitionPenalty",
        "above 0",
        repetitionPenalty);
    require(noRepeatNgram >= 0, "noRepeatNgram", "at least 0", noRepeatNgram);
    require(beams == 1 || sampling == null, "beams", "1 when sampling", beams);
    int returned = sampling != null ? Integer.MAX_VALUE : beams;
    require(
        numReturn >= 1 && numReturn <= returned,
        "numReturn",
        sampling != null ? "at least 1" : "from 1 to the number of beams " + beams,
        numReturn);
    require(eos.stream().allMatch(id -> id >= 0), "eos", "made of ids from 0 on", eos);
    require(!stop.contains(""), "stop", "without empty strings", stop);
    eos = Set.copyOf(eos);
    stop = List.copyOf(stop);
  }

  private static void require(boolean holds, String name, String expected, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + expected + " but is " + value);
    }
  }

  /** Always the most probable token. */
  public static GenerationConfig greedy(int maxNewTokens) {
    return beams(1, maxNewTokens);
  }

  /** Beam search with length penalty 1. */
  public static GenerationConfig beams(int beams, int maxNewTokens) {
    return new GenerationConfig(
        maxNewTokens,
        0,
        Set.of(),
        beams,
        1,
        EarlyStopping.FALSE,
        1,
        1,
        0,
        null,
        List.of(),
        Forced.NONE);
  }

  /** Tokens drawn at random. */
  public static GenerationConfig sampling(Sampling sampling, int maxNewTokens) {
    return greedy(maxNewTokens).withSampling(sampling);
  }

  /** The values of a configuration, to be changed one by one before the next one is checked. */
  private static final class Draft {
    int maxNewTokens;
    int minNewTokens;
    Set<Integer> eos;
    int beams;
    double lengthPenalty;
    EarlyStopping earlyStopping;
    int numReturn;
    double repetitionPenalty;
    int noRepeatNgram;
    Sampling sampling;
    List<String> stop;
    Forced forced;
  }

  private GenerationConfig with(Consumer<Draft> change) {
    Draft d = new Draft();
    d.maxNewTokens = maxNewTokens;
    d.minNewTokens = minNewTokens;
    d.eos = eos;
    d.beams = beams;
    d.lengthPenalty = lengthPenalty;
    d.earlyStopping = earlyStopping;
    d.numReturn = numReturn;
    d.repetitionPenalty = repetitionPenalty;
    d.noRepeatNgram = noRepeatNgram;
    d.sampling = sampling;
    d.stop = stop;
    d.forced = forced;
    change.accept(d);
    return new GenerationConfig(
        d.maxNewTokens,
        d.minNewTokens,
        d.eos,
        d.beams,
        d.lengthPenalty,
        d.earlyStopping,
        d.numReturn,
        d.repetitionPenalty,
        d.noRepeatNgram,
        d.sampling,
        d.stop,
        d.forced);
  }

  /** The same with these end tokens. */
  public GenerationConfig withEos(int... ids) {
    return with(d -> d.eos = Arrays.stream(ids).boxed().collect(Collectors.toSet()));
  }

  /** The same for between {@code min} and {@code max} new tokens. */
  public GenerationConfig withLength(int min, int max) {
    return with(
        d -> {
          d.minNewTokens = min;
          d.maxNewTokens = max;
        });
  }

  /** The same with another ranking of beams and end of their search. */
  public GenerationConfig withRanking(double newLengthPenalty, EarlyStopping newEarlyStopping) {
    return with(
        d -> {
          d.lengthPenalty = newLengthPenalty;
          d.earlyStopping = newEarlyStopping;
        });
  }

  /** The same with this many sequences returned for a prompt. */
  public GenerationConfig withNumReturn(int newNumReturn) {
    return with(d -> d.numReturn = newNumReturn);
  }

  /** The same with repetitions made less probable, or forbidden. */
  public GenerationConfig withRepetition(double penalty, int ngram) {
    return with(
        d -> {
          d.repetitionPenalty = penalty;
          d.noRepeatNgram = ngram;
        });
  }

  /** The same with tokens drawn at random. */
  public GenerationConfig withSampling(Sampling newSampling) {
    return with(d -> d.sampling = newSampling);
  }

  /** The same with texts that end a sequence. */
  public GenerationConfig withStop(String... newStop) {
    return with(d -> d.stop = List.of(newStop));
  }

  /** The same with tokens that certain places must have. */
  public GenerationConfig withForced(Forced newForced) {
    return with(d -> d.forced = newForced);
  }
}
