package io.lorgnette.evaluate;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Speaker;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.metrics.VqaOptions;
import io.lorgnette.metrics.WordNetNouns;
import java.util.Optional;

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
 * @param evaluator whose rule answers are scored by; empty for that of the data set's makers
 * @param scoring how captions are scored
 * @param nouns for WUPS where answers are sets of things
 */
public record Protocol(
    int shots,
    long shotSeed,
    GenerationConfig captions,
    GenerationConfig answers,
    int batch,
    long bootstrapSeed,
    int resamples,
    Optional<VqaEvaluator> evaluator,
    CaptionOptions scoring,
    Optional<WordNetNouns> nouns) {

  /** MAPL's beam search, no shots, 1,000 resamples. */
  public static final Protocol MAPL =
      new Protocol(
          0,
          1,
          Speaker.MAPL,
          Speaker.MAPL,
          32,
          1,
          Interval.RESAMPLES,
          Optional.empty(),
          CaptionOptions.defaults(),
          Optional.empty());

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
    return new Protocol(
        newShots,
        shotSeed,
        captions,
        answers,
        batch,
        bootstrapSeed,
        resamples,
        evaluator,
        scoring,
        nouns);
  }

  /** Another decoding of both captions and answers. */
  public Protocol withDecoding(GenerationConfig config) {
    return new Protocol(
        shots,
        shotSeed,
        config,
        config,
        batch,
        bootstrapSeed,
        resamples,
        evaluator,
        scoring,
        nouns);
  }

  /** Another decoding of answers. */
  public Protocol withAnswers(GenerationConfig config) {
    return new Protocol(
        shots,
        shotSeed,
        captions,
        config,
        batch,
        bootstrapSeed,
        resamples,
        evaluator,
        scoring,
        nouns);
  }

  /** Shots drawn with another seed. */
  public Protocol withShotSeed(long seed) {
    return new Protocol(
        shots, seed, captions, answers, batch, bootstrapSeed, resamples, evaluator, scoring, nouns);
  }

  /**
   * The same questions with other scores.
   *
   * @param rule for answers; empty for that of the data set's makers
   * @param options for captions
   */
  public Protocol withScoring(Optional<VqaEvaluator> rule, CaptionOptions options) {
    return new Protocol(
        shots, shotSeed, captions, answers, batch, bootstrapSeed, resamples, rule, options, nouns);
  }

  /** The same with WUPS, if there are nouns. */
  public Protocol withNouns(Optional<WordNetNouns> wordNet) {
    return new Protocol(
        shots,
        shotSeed,
        captions,
        answers,
        batch,
        bootstrapSeed,
        resamples,
        evaluator,
        scoring,
        wordNet);
  }

  /** How answers of a style are scored. */
  VqaOptions rule(AnswerStyle style) {
    VqaOptions own = References.rule(style);
    return evaluator.map(own::with).orElse(own);
  }
}
