package io.lorgnette.metrics;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * A caption metric that another jar brings, such as SPICE, which needs a parser of a different
 * licence. It is found by {@link ServiceLoader} when that jar is on the class path.
 *
 * <p>Implementations are safe for use by several threads and keep what is worth keeping between two
 * calls, such as parses of the references.
 */
public interface ExtraCaptionMetric {

  /**
   * Tokenised captions of one image.
   *
   * @param result the caption to be scored, words separated by blanks
   * @param references at least one
   */
  record Image(String result, List<String> references) {

    public Image {
      references = List.copyOf(references);
    }
  }

  /**
   * Scores of each image. The score of several images is their mean.
   *
   * @param perImage by the name of the score, fractions in the order of the images; NaN where a
   *     score says nothing about an image, which then does not count. The first name is the
   *     metric's own.
   * @param variant what must be published with the scores
   */
  record Scores(Map<String, double[]> perImage, String variant) {}

  /** Hears how far scoring has come, from any thread, one call at a time. */
  @FunctionalInterface
  interface Listener {

    /** Hears nothing. */
    Listener NONE = (done, all) -> {};

    /**
     * After some more captions.
     *
     * @param done captions that need no more work
     * @param all different captions
     */
    void done(int done, int all);
  }

  /** The metric's name, such as {@code SPICE}. */
  String name();

  /**
   * Scores captions.
   *
   * @throws io.lorgnette.error.InputException if something is missing that the metric needs
   */
  Scores score(List<Image> images, Listener listener);

  /** The metrics of all jars on the class path, often none. */
  static List<ExtraCaptionMetric> onClassPath() {
    return ServiceLoader.load(ExtraCaptionMetric.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
