package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Accuracies of answers to questions that belong to images: means over questions, and their
 * bootstrap over images, where an image is drawn with all its questions.
 */
final class AnswerScores {

  private final List<String> questions;
  private final double[] accuracies;
  private final List<String> imageIds;
  private final int[][] byImage;

  /**
   * Keeps what each question scored.
   *
   * @param questions ids in ascending order
   * @param images the image of each question
   * @param accuracies of each question, between 0 and 1
   */
  AnswerScores(List<String> questions, List<String> images, double[] accuracies) {
    this.questions = questions;
    this.accuracies = accuracies;
    Map<String, List<Integer>> groups = new TreeMap<>();
    for (int i = 0; i < questions.size(); i++) {
      groups.computeIfAbsent(images.get(i), image -> new ArrayList<>()).add(i);
    }
    imageIds = List.copyOf(groups.keySet());
    byImage =
        groups.values().stream()
            .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  List<String> questions() {
    return questions;
  }

  int images() {
    return byImage.length;
  }

  double[] accuracies() {
    return accuracies.clone();
  }

  /** What each image adds to the mean: the sum of its accuracies and its number of questions. */
  ImageSums imageSums(String metric) {
    Sums all = new Sums(i -> true);
    double[][] sums = new double[byImage.length][];
    for (int image = 0; image < sums.length; image++) {
      sums[image] = new double[] {all.sums[image], all.numbers[image]};
    }
    return ImageSums.of(metric, imageIds, sums);
  }

  /** The mean over the questions that {@code counts} accepts by index. */
  double mean(IntPredicate counts) {
    return new Sums(counts).mean(Bootstrap.all(byImage.length));
  }

  /** The mean with its interval. Resamples without any such question do not count. */
  Interval interval(IntPredicate counts, long seed, int resamples) {
    Sums sums = new Sums(counts);
    double[] means = Bootstrap.resample(byImage.length, seed, resamples, sums::mean);
    return Interval.of(mean(counts), withoutNaN(means), seed);
  }

  /** The paired bootstrap and the approximate randomization on the same questions. */
  static Comparison compare(
      String metric,
      AnswerScores first,
      AnswerScores second,
      IntPredicate counts,
      long seed,
      int resamples) {
    if (!first.questions.equals(second.questions)) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Two systems can only be compared on the same questions, but one answered %d and the other %d questions that are not all the same.",
              first.questions.size(),
              second.questions.size()));
    }
    Sums a = first.new Sums(counts);
    Sums b = second.new Sums(counts);
    double[] differences =
        Bootstrap.resample(
            first.byImage.length, seed, resamples, drawn -> a.mean(drawn) - b.mean(drawn));
    double exchanged =
        Randomization.p(
            first.byImage.length,
            seed,
            resamples,
            first.mean(counts) - second.mean(counts),
            swapped -> a.mixed(b, swapped) - b.mixed(a, swapped));
    return Comparison.of(
        metric, first.mean(counts), second.mean(counts), withoutNaN(differences), exchanged, seed);
  }

  /** Means by the value that {@code keys} gives each question, in ascending order of values. */
  Map<String, Double> means(List<String> keys) {
    Map<String, Double> means = new TreeMap<>();
    for (String key : keys) {
      if (!key.isEmpty() && !means.containsKey(key)) {
        means.put(key, mean(i -> keys.get(i).equals(key)));
      }
    }
    return Collections.unmodifiableMap(means);
  }

  private static double[] withoutNaN(double[] values) {
    return Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
  }

  /** Each image's sum of accuracies and number of questions. */
  private final class Sums {
    private final double[] sums = new double[byImage.length];
    private final int[] numbers = new int[byImage.length];

    Sums(IntPredicate counts) {
      for (int image = 0; image < byImage.length; image++) {
        for (int question : byImage[image]) {
          if (counts.test(question)) {
            sums[image] += accuracies[question];
            numbers[image]++;
          }
        }
      }
    }

    double mean(int[] drawn) {
      double sum = 0;
      long number = 0;
      for (int image : drawn) {
        sum += sums[image];
        number += numbers[image];
      }
      return sum / number;
    }

    /** The mean with the answers to some images' questions exchanged for {@code other}'s. */
    double mixed(Sums other, boolean[] swapped) {
      double sum = 0;
      long number = 0;
      for (int image = 0; image < sums.length; image++) {
        sum += swapped[image] ? other.sums[image] : sums[image];
        number += numbers[image];
      }
      return sum / number;
    }
  }
}
