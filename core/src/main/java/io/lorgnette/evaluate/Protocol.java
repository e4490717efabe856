package io.lorgnette.evaluate;

import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Speaker;
import io.lorgnette.metrics.Interval;

/**
 * How a system is asked, the same for every system that is compared.
 *
 * @param shots examples with their answers before each question
 * @param shotSeed draws the shots from the training split, the same ones for every question
 * @param captions decoding of captions
 * @param answers decoding of answers
 * @param batch images or questions decoded at once
 * @param bootstrapSeed of the intervals
 * @param resamples of the intervals
 */
public record Protocol(
    int shots,
    long shotSeed,
    GenerationConfig captions,
    GenerationConfig answers,
    int batch,
    long bootstrapSeed,
    int resamples) {

  /** MAPL's beam search, no shots, 1,000 resamples. */
  public static final Protocol MAPL =
      new Protocol(0, 1, Speaker.MAPL, Speaker.MAPL, 32, 1, Interval.RESAMPLES);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public Protocol {
    if (shots < 0 || batch < 1 || resamples < 1) {
      throw new IllegalArgumentException(
          "shots must not be negative; batch and resamples must be at least 1");
    }
  }

  public Protocol withShots(int newShots) {
    return new Protocol(newShots, shotSeed, captions, answers, batch, bootstrapSeed, resamples);
  }

  /** The same decoding of captions and answers with another number of beams and tokens. */
  public Protocol withDecoding(int beams, int maxTokens) {
    GenerationConfig config = GenerationConfig.beams(beams, maxTokens);
    return new Protocol(shots, shotSeed, config, config, batch, bootstrapSeed, resamples);
  }
}
