package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import java.util.List;
import java.util.Locale;

/** Evaluations as lines for people, or as JSON. */
final class EvaluationLines {

  private EvaluationLines() {}

  static void print(Console console, List<EvaluationRecord> records) {
    if (console.json()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      for (EvaluationRecord record : records) {
        ObjectNode node = record.scores().deepCopy();
        all.add(node.put("name", record.name()));
      }
      console.result(all);
      return;
    }
    for (EvaluationRecord record : records) {
      JsonNode scores = record.scores();
      console.result(
          String.format(
              Locale.ROOT,
              "%s: %s, %,d items on %,d images",
              record.name(),
              scores.path("system").asText(),
              scores.path("items").asLong(),
              scores.path("images").asLong()));
      scores
          .path("corpus")
          .properties()
          .forEach(
              metric -> {
                JsonNode ends = scores.path("intervals").path(metric.getKey());
                String interval =
                    ends.size() == 2
                        ? String.format(
                            Locale.ROOT,
                            "[%.2f, %.2f]",
                            100 * ends.path(0).asDouble(),
                            100 * ends.path(1).asDouble())
                        : "";
                String variant = scores.path("variants").path(metric.getKey()).asText();
                console.result(
                    String.format(
                            Locale.ROOT,
                            "  %-18s %6.2f  %s  %s",
                            metric.getKey(),
                            100 * metric.getValue().asDouble(),
                            interval,
                            variant)
                        .stripTrailing());
              });
    }
  }
}
