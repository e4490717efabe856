package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How well pretrained language models foretell texts that they were not trained on. */
final class Perplexity {

  /** The mean over all sources, which decides which weights are kept. */
  private static final String ALL = "loss";

  private Perplexity() {}

  /**
   * Appends a table of validation perplexities by source of text.
   *
   * @return whether any run has them
   */
  static boolean append(Html html, List<ReportedRun> runs) {
    List<ReportedRun> models = runs.stream().filter(run -> losses(run).isObject()).toList();
    if (models.isEmpty()) {
      return false;
    }
    Set<String> sources = new LinkedHashSet<>();
    models.forEach(run -> losses(run).fieldNames().forEachRemaining(sources::add));
    html.leaf(
        "p",
        "Perplexity of the validation texts, e to the power of the loss in nats per token; lower"
            + " is better. Models of different tokenizers can not be compared by it.",
        "class",
        "note");
    html.open("table", "class", "perplexity").open("thead").open("tr");
    html.leaf("th", "text", "scope", "col");
    for (ReportedRun run : models) {
      html.leaf("th", run.label(), "scope", "col", "class", "number s" + run.number() % 4);
    }
    html.close().close().open("tbody");
    for (String source : sources) {
      html.open("tr").leaf("th", source.equals(ALL) ? "all" : source, "scope", "row");
      for (ReportedRun run : models) {
        html.open("td", "class", "number");
        append(html, losses(run).path(source));
        html.close();
      }
      html.close();
    }
    html.close().close().line();
    return true;
  }

  private static void append(Html html, JsonNode loss) {
    if (loss.isNumber()) {
      html.leaf("strong", Numbers.fixed(Math.exp(loss.asDouble()), 2));
      html.leaf("small", Numbers.fixed(loss.asDouble(), 3) + " nats");
    } else {
      html.text("\u2013");
    }
  }

  private static JsonNode losses(ReportedRun run) {
    return run.run().path("result").path("validationLossNats");
  }
}
