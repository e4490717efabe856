package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A score as recorded.
 *
 * @param value a fraction
 * @param low lower end of the 95 % interval, NaN where there is none
 * @param high upper end
 */
record Score(double value, double low, double high) {

  static Score of(double value, JsonNode ends) {
    return ends.size() == 2
        ? new Score(value, ends.get(0).asDouble(Double.NaN), ends.get(1).asDouble(Double.NaN))
        : new Score(value, Double.NaN, Double.NaN);
  }

  boolean hasInterval() {
    return Numbers.hasInterval(low, high);
  }

  /** {@code 41.2 [38.0, 44.6]}. */
  @Override
  public String toString() {
    return (Numbers.percent(value) + " " + Numbers.interval(low, high)).strip();
  }
}
