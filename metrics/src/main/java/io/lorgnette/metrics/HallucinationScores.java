package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How often captions name objects that are not there, in the way of CHAIR (Rohrbach et al. 2018):
 * what is there are the labelled instances and what people's captions name. Lower is better. The
 * words that name an object decide the score ({@link ObjectNames}); it equals the published CHAIR
 * only as far as they do.
 *
 * <p>Immutable, thread-safe.
 */
public final class HallucinationScores {

  /** The share of named objects that are not there. */
  public static final String INSTANCE = "CHAIR-i";

  /** The share of captions that name such an object. */
  public static final String SENTENCE = "CHAIR-s";

  private final List<String> images;
  private final List<List<String>> mentioned = new ArrayList<>();
  private final List<List<String>> invented = new ArrayList<>();
  private final ObjectNames names;

  private HallucinationScores(
      Map<String, Set<String>> objects,
      Map<String, List<String>> references,
      Map<String, String> results,
      ObjectNames names) {
    this.images = List.copyOf(new TreeSet<>(results.keySet()));
    this.names = names;
    for (String image : images) {
      Set<String> there = new HashSet<>();
      objects.getOrDefault(image, Set.of()).forEach(label -> there.add(names.kindOf(label)));
      references
          .getOrDefault(image, List.of())
          .forEach(caption -> there.addAll(names.mentions(caption)));
      List<String> mentions = names.mentions(results.get(image));
      mentioned.add(mentions);
      invented.add(mentions.stream().filter(kind -> !there.contains(kind)).toList());
    }
  }

  /**
   * Scores captions.
   *
   * @param objects labels of the instances in each image; an image without any has none
   * @param references people's captions by image; may be empty
   * @param results one caption by image
   * @throws InputException if there is no result
   */
  public static HallucinationScores of(
      Map<String, Set<String>> objects,
      Map<String, List<String>> references,
      Map<String, String> results,
      ObjectNames names) {
    if (results.isEmpty()) {
      throw new InputException("The results hold no captions; expected one per image.");
    }
    return new HallucinationScores(objects, references, results, names);
  }

  /** The images in ascending order of their ids. */
  public List<String> images() {
    return images;
  }

  /** The kinds that an image's caption names but that are not there, one for each mention. */
  public List<String> invented(int image) {
    return invented.get(image);
  }

  /**
   * Both scores with their 95 % bootstrap intervals over images; a resample that names no object at
   * all counts as 0.
   */
  public Map<String, Interval> intervals(long seed, int resamples) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    int[] all = Bootstrap.all(images.size());
    intervals.put(
        INSTANCE,
        Interval.of(
            instance(all),
            Bootstrap.resample(images.size(), seed, resamples, this::instance),
            seed));
    intervals.put(
        SENTENCE,
        Interval.of(
            sentence(all),
            Bootstrap.resample(images.size(), seed, resamples, this::sentence),
            seed));
    return intervals;
  }

  private double instance(int[] drawn) {
    long named = 0;
    long wrong = 0;
    for (int image : drawn) {
      named += mentioned.get(image).size();
      wrong += invented.get(image).size();
    }
    return named == 0 ? 0 : (double) wrong / named;
  }

  private double sentence(int[] drawn) {
    long wrong = 0;
    for (int image : drawn) {
      wrong += invented.get(image).isEmpty() ? 0 : 1;
    }
    return (double) wrong / drawn.length;
  }

  /** What must be published with the scores. */
  public Map<String, String> variants() {
    Map<String, String> variants = new LinkedHashMap<>();
    variants.put(INSTANCE, "CHAIR-style, " + names.variant());
    variants.put(SENTENCE, "CHAIR-style, " + names.variant());
    return variants;
  }
}
