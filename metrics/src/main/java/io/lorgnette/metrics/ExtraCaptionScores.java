package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores that metrics of other jars gave: of each image, to be averaged. */
record ExtraCaptionScores(
    List<String> names, List<double[]> perImage, Map<String, String> variants) {

  /**
   * Scores with the extra metrics of {@code options}.
   *
   * @param tokenized of each image the result, then its references
   * @throws IllegalStateException if a metric gives another number of scores than there are images
   */
  static ExtraCaptionScores of(List<List<String>> tokenized, CaptionOptions options) {
    ExtraCaptionScores all =
        new ExtraCaptionScores(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
    if (options.extra().isEmpty()) {
      return all;
    }
    List<ExtraCaptionMetric.Image> images =
        tokenized.stream()
            .map(
                captions ->
                    new ExtraCaptionMetric.Image(
                        captions.get(0), captions.subList(1, captions.size())))
            .toList();
    for (ExtraCaptionMetric metric : options.extra()) {
      ExtraCaptionMetric.Scores scores = metric.score(images, options.listener());
      all.variants.put(metric.name(), scores.variant());
      scores.perImage().forEach((name, values) -> all.add(metric, name, values, images.size()));
    }
    return all;
  }

  private void add(ExtraCaptionMetric metric, String name, double[] values, int images) {
    if (values.length != images) {
      throw new IllegalStateException(
          metric.name() + " gave " + values.length + " scores for " + images + " images");
    }
    // A score without a value for any image has no mean, so it is not there.
    if (withoutNaN(values).length > 0) {
      names.add(name);
      perImage.add(values);
    }
  }

  /** The mean of a score over drawn images that have a value; NaN if none has. */
  double mean(int score, int[] drawn) {
    double[] values = perImage.get(score);
    double sum = 0;
    int count = 0;
    for (int image : drawn) {
      if (!Double.isNaN(values[image])) {
        sum += values[image];
        count++;
      }
    }
    return sum / count;
  }

  /** The mean of a score with some images' values exchanged for those of another system. */
  double mixed(int score, ExtraCaptionScores other, int otherScore, boolean[] swapped) {
    double[] mix = perImage.get(score).clone();
    for (int image = 0; image < mix.length; image++) {
      mix[image] = swapped[image] ? other.perImage.get(otherScore)[image] : mix[image];
    }
    return Arrays.stream(withoutNaN(mix)).average().orElse(Double.NaN);
  }

  static double[] withoutNaN(double[] values) {
    return Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
  }
}
