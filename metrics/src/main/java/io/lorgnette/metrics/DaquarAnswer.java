package io.lorgnette.metrics;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The answer of DAQUAR's one annotator: a set of one or more things.
 *
 * @param imageId of the image that the question is about
 * @param things such as {@code chair} and {@code night_stand}
 */
public record DaquarAnswer(String imageId, Set<String> things) {

  public DaquarAnswer {
    things = Set.copyOf(things);
  }

  /** Reads DAQUAR's own form, {@code chair, night_stand}. */
  public static DaquarAnswer of(String imageId, String answer) {
    return new DaquarAnswer(imageId, things(answer));
  }

  /**
   * The things between commas, lower-cased, without white space at their ends; repeats count once.
   */
  public static Set<String> things(String answer) {
    return Stream.of(answer.split(",", -1))
        .map(thing -> thing.strip().toLowerCase(Locale.ROOT))
        .filter(thing -> !thing.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
