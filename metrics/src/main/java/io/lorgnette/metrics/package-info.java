/**
 * Scores of captions and answers, equal to those of the field's reference programs, in process and
 * on any JDK and locale.
 *
 * <p>In come captions or answers by image or question, as maps or as files of any model ({@link
 * io.lorgnette.metrics.CaptionFiles}, {@link io.lorgnette.metrics.VqaFiles}); out go scores as
 * fractions with bootstrap intervals ({@link io.lorgnette.metrics.Interval}), the paired difference
 * between two systems ({@link io.lorgnette.metrics.Comparison}) and what must be published with
 * them ({@code variants()}). METEOR needs word lists that are not part of this module ({@link
 * io.lorgnette.metrics.MeteorData}). Read first: {@link io.lorgnette.metrics.CaptionScores}, {@link
 * io.lorgnette.metrics.VqaScores}, {@link io.lorgnette.metrics.PtbTokenizer}.
 *
 * <pre>{@code
 * var captions = CaptionFiles.read(references, results, Evaluated.REFERENCES);
 * var scores = CaptionScores.of(captions.references(), captions.results());
 * double cider = scores.corpus().get("CIDEr");
 * Interval interval = scores.interval("CIDEr", 1, Interval.RESAMPLES);
 * }</pre>
 *
 * <p>Where a reference program is odd, so are these classes; a mended variant has a name of its own
 * ({@link io.lorgnette.metrics.VqaEvaluator}). DAQUAR has one annotator a question and its own
 * score, {@link io.lorgnette.metrics.DaquarScores}.
 */
package io.lorgnette.metrics;
