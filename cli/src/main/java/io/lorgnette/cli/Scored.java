package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores of a file, for programs and for people. */
interface Scored {

  /** {@code corpus}, {@code intervals}, {@code variants} and how they were measured: fractions. */
  ObjectNode json();

  /** The same for people: fractions times 100. */
  List<String> lines();

  /** One line for each item, after a line of names. */
  String csv();

  /** What a reader of the scores should be told. */
  List<String> notes();

  /** Puts scores and the ends of their intervals into a document. */
  static void put(ObjectNode node, Map<String, Interval> intervals, Map<String, String> variants) {
    ObjectNode corpus = node.putObject("corpus");
    ObjectNode ends = node.putObject("intervals");
    intervals.forEach(
        (metric, interval) -> {
          corpus.put(metric, interval.value());
          ends.putArray(metric).add(interval.low()).add(interval.high());
        });
    ObjectNode named = node.putObject("variants");
    variants.forEach(named::put);
  }

  /** Puts how the intervals were drawn into a document. */
  static void put(ObjectNode node, BootstrapOptions bootstrap) {
    node.put("bootstrapSeed", bootstrap.seed()).put("resamples", bootstrap.resamples());
  }

  /** Puts the differences to another system into a document. */
  static void put(ObjectNode node, List<Comparison> comparisons) {
    if (comparisons.isEmpty()) {
      return;
    }
    ObjectNode all = node.putObject("against");
    for (Comparison comparison : comparisons) {
      ObjectNode one = all.putObject(comparison.metric());
      one.put("other", comparison.second());
      one.put("difference", comparison.difference().value());
      one.putArray("interval")
          .add(comparison.difference().low())
          .add(comparison.difference().high());
      one.put("p", comparison.p());
      one.put("pRandomized", comparison.pRandomized());
    }
  }

  /** Rows of scores with their intervals. */
  static List<String> rows(Map<String, Interval> intervals) {
    int width = intervals.keySet().stream().mapToInt(String::length).max().orElse(0);
    List<String> rows = new ArrayList<>();
    intervals.forEach(
        (metric, i) ->
            rows.add(
                String.format(
                    Locale.ROOT,
                    "  %-" + width + "s  %6.2f  [%.2f, %.2f]",
                    metric,
                    100 * i.value(),
                    100 * i.low(),
                    100 * i.high())));
    return rows;
  }

  /** Rows of differences to another system. */
  static List<String> differences(List<Comparison> comparisons, Object other) {
    List<String> rows = new ArrayList<>();
    if (!comparisons.isEmpty()) {
      Interval drawn = comparisons.get(0).difference();
      rows.add(
          String.format(
              Locale.ROOT,
              "minus %s (paired; p of %d resamples and of as many exchanges, seed %d):",
              other,
              drawn.resamples(),
              drawn.seed()));
      int width = comparisons.stream().mapToInt(c -> c.metric().length()).max().orElse(0);
      for (Comparison c : comparisons) {
        rows.add(
            String.format(
                Locale.ROOT,
                "  %-" + width + "s  %+6.2f  [%.2f, %.2f]  p %.3f, %.3f%s",
                c.metric(),
                100 * c.difference().value(),
                100 * c.difference().low(),
                100 * c.difference().high(),
                c.p(),
                c.pRandomized(),
                c.significant() ? "" : "  (may be chance)"));
      }
    }
    return rows;
  }

  /** A field of a CSV line (RFC 4180). */
  static String csv(String field) {
    return field.matches("[^\",\r\n]*") ? field : "\"" + field.replace("\"", "\"\"") + "\"";
  }
}
