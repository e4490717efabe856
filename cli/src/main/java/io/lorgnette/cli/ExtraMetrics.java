package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.ExtraCaptionMetric;
import java.util.List;

/** Which metrics of other jars are computed. */
final class ExtraMetrics {

  private static final String SPICE = "SPICE";

  private ExtraMetrics() {}

  /**
   * The metrics on the class path, with or without SPICE.
   *
   * @param spice true to insist on it, false to leave it out, null to take it if it is there
   * @throws InputException if it is not there but insisted on
   */
  static List<ExtraCaptionMetric> chosen(Boolean spice) {
    List<ExtraCaptionMetric> there = ExtraCaptionMetric.onClassPath();
    if (Boolean.FALSE.equals(spice)) {
      return there.stream().filter(metric -> !metric.name().equals(SPICE)).toList();
    }
    if (Boolean.TRUE.equals(spice)
        && there.stream().noneMatch(metric -> metric.name().equals(SPICE))) {
      throw new InputException(
          "SPICE is not part of the command line (its parser is under the GPL): build it with \"mvn"
              + " -Pspice-models -pl metrics-stanford -am -Dmaven.test.skip=true package\" and set"
              + " LORGNETTE_CLASSPATH to metrics-stanford/target/lorgnette-metrics-stanford.jar.");
    }
    return there;
  }
}
