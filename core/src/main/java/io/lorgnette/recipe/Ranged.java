package io.lorgnette.recipe;

import io.lorgnette.error.InputException;

/**
 * A number that has been read but not yet handed out: the reader says the allowed range.
 *
 * @param <T> Integer, Long or Double
 */
public final class Ranged<T extends Comparable<T>> {
  private final T value;
  private final String subject;

  /**
   * Wraps a value.
   *
   * @param subject place and key path for messages
   */
  Ranged(T value, String subject) {
    this.value = value;
    this.subject = subject;
  }

  /** Every value of the type is allowed. */
  public T any() {
    return value;
  }

  public T atLeast(T min) {
    return when(value.compareTo(min) >= 0, "at least " + min);
  }

  public T above(T min) {
    return when(value.compareTo(min) > 0, "above " + min);
  }

  public T atMost(T max) {
    return when(value.compareTo(max) <= 0, "at most " + max);
  }

  /** Both ends are allowed. */
  public T between(T min, T max) {
    return when(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0, "between " + min + " and " + max);
  }

  /** The lower end is not allowed, the upper end is: {@code (0, 1]} for a fraction. */
  public T aboveUpTo(T min, T max) {
    return when(
        value.compareTo(min) > 0 && value.compareTo(max) <= 0,
        "above " + min + " and at most " + max);
  }

  /** The lower end is allowed, the upper end is not: {@code [0, 1)} for a dropout. */
  public T fromBelow(T min, T max) {
    return when(
        value.compareTo(min) >= 0 && value.compareTo(max) < 0,
        "at least " + min + " and below " + max);
  }

  private T when(boolean fits, String range) {
    if (!fits) {
      throw new InputException(subject + " must be " + range + " but is " + value + ".");
    }
    return value;
  }
}
