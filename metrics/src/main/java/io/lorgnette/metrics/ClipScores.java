package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * CLIPScore and RefCLIPScore (Hessel et al. 2021, equations 1 and 2) from the vectors of a joint
 * space of images and texts, whatever computed them. The model decides the numbers, so its name
 * stands beside them; only those of CLIP ViT-B/32 compare with the paper.
 *
 * <p>Immutable, thread-safe.
 */
public final class ClipScores {

  /** How well a caption fits its image, without any reference. */
  public static final String CLIP_SCORE = "CLIPScore";

  /** How well a caption fits its image and what people wrote. */
  public static final String REF_CLIP_SCORE = "RefCLIPScore";

  /** What is written before every caption and reference. */
  public static final String PROMPT = "A photo depicts ";

  /** What cosines of images and texts are stretched by. */
  public static final double WEIGHT = 2.5;

  private final List<Image> images;
  private final String model;
  private final String prompt;

  /**
   * The scores of one image's caption.
   *
   * @param id of the image
   * @param clipScore 2.5 times the cosine of image and caption, at least 0
   * @param refClipScore harmonic mean of that and the caption's largest cosine with a reference, at
   *     least 0; NaN without references
   */
  public record Image(String id, double clipScore, double refClipScore) {

    /**
     * Scores a caption.
     *
     * @param image {@code [J]}, of any length but 0
     * @param caption {@code [J]}
     * @param references {@code [J]} each
     */
    public static Image of(String id, float[] image, float[] caption, List<float[]> references) {
      double fits = WEIGHT * Math.max(0, cosine(image, caption));
      double agrees =
          references.stream().mapToDouble(r -> cosine(caption, r)).max().orElse(Double.NaN);
      return new Image(id, fits, harmonicMean(fits, Math.max(0, agrees)));
    }

    private static double harmonicMean(double a, double b) {
      return a == 0 || b == 0 ? 0 : 2 * a * b / (a + b); // NaN stays
    }
  }

  /**
   * Scores that were computed with a model.
   *
   * @param images not empty
   * @param model what people call it
   * @param prompt what was written before every text
   * @throws InputException if there is no image
   */
  public ClipScores(List<Image> images, String model, String prompt) {
    if (images.isEmpty()) {
      throw new InputException("There are no captions to compute CLIPScore of; give some.");
    }
    this.images = List.copyOf(images);
    this.model = model;
    this.prompt = prompt;
  }

  /**
   * The cosine of two vectors, in double precision.
   *
   * @throws IllegalArgumentException if they are not of one size
   */
  public static double cosine(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "vectors of " + a.length + " and " + b.length + " numbers are in no common space");
    }
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }

  /** The images in the order in which they were given. */
  public List<Image> images() {
    return images;
  }

  private Map<String, ToDoubleFunction<Image>> metrics() {
    Map<String, ToDoubleFunction<Image>> metrics = new LinkedHashMap<>();
    metrics.put(CLIP_SCORE, Image::clipScore);
    if (images.stream().noneMatch(image -> Double.isNaN(image.refClipScore()))) {
      metrics.put(REF_CLIP_SCORE, Image::refClipScore);
    }
    return metrics;
  }

  /**
   * The means over images with their 95 % bootstrap intervals, by metric; RefCLIPScore where every
   * image has references.
   *
   * @param seed the same seed gives the same intervals
   * @param resamples usually {@link Interval#RESAMPLES}
   */
  public Map<String, Interval> intervals(long seed, int resamples) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    metrics()
        .forEach(
            (name, score) -> {
              double[] values = images.stream().mapToDouble(score).toArray();
              double[] drawn =
                  Bootstrap.resample(
                      values.length, seed, resamples, numbers -> mean(values, numbers));
              double all = mean(values, Bootstrap.all(values.length));
              intervals.put(name, Interval.of(all, drawn, seed));
            });
    return Collections.unmodifiableMap(intervals);
  }

  private static double mean(double[] values, int[] drawn) {
    double sum = 0;
    for (int number : drawn) {
      sum += values[number];
    }
    return sum / drawn.length;
  }

  /**
   * The paired bootstrap and the approximate randomization between two systems on the same images.
   *
   * @throws InputException if the two were scored on other images or with another model or prompt
   */
  public static List<Comparison> compare(
      ClipScores first, ClipScores second, long seed, int resamples) {
    List<String> ids = first.images.stream().map(Image::id).toList();
    if (!ids.equals(second.images.stream().map(Image::id).toList())
        || !first.variants().equals(second.variants())) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Two systems can only be compared by CLIPScore on the same images and with the same"
                  + " model and prompt, but one has %s on %d images and the other %s on %d.",
              first.variants(),
              ids.size(),
              second.variants(),
              second.images.size()));
    }
    return first.metrics().entrySet().stream()
        .filter(metric -> second.metrics().containsKey(metric.getKey()))
        .map(
            metric -> {
              double[] a = first.images.stream().mapToDouble(metric.getValue()).toArray();
              double[] b = second.images.stream().mapToDouble(metric.getValue()).toArray();
              return compare(metric.getKey(), a, b, seed, resamples);
            })
        .toList();
  }

  private static Comparison compare(
      String metric, double[] a, double[] b, long seed, int resamples) {
    double[] differences =
        Bootstrap.resample(a.length, seed, resamples, drawn -> mean(a, drawn) - mean(b, drawn));
    double meanOfA = mean(a, Bootstrap.all(a.length));
    double meanOfB = mean(b, Bootstrap.all(b.length));
    double exchanged =
        Randomization.p(
            a.length,
            seed,
            resamples,
            meanOfA - meanOfB,
            swapped -> {
              double sum = 0;
              for (int i = 0; i < a.length; i++) {
                sum += swapped[i] ? b[i] - a[i] : a[i] - b[i];
              }
              return sum / a.length;
            });
    return Comparison.of(metric, meanOfA, meanOfB, differences, exchanged, seed);
  }

  /** What must be published with the scores: the model and the prompt. */
  public Map<String, String> variants() {
    String variant = model + (prompt.isEmpty() ? ", no prompt" : ", prompt \"" + prompt + "\"");
    Map<String, String> variants = new LinkedHashMap<>();
    metrics().keySet().forEach(metric -> variants.put(metric, variant));
    return variants;
  }
}
