package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run's title and what came out, in plain words. */
final class Summary {

  private final List<ReportedRun> runs;
  private final ReportedRun run;
  private final JsonNode result;

  Summary(List<ReportedRun> runs) {
    this.runs = runs;
    this.run = runs.get(0);
    this.result = run.run().path("result");
  }

  String title() {
    List<String> data = run.trainedOn();
    if (run.method().isPresent()) {
      return run.label() + (data.isEmpty() ? "" : " on " + String.join(", ", data));
    }
    return run.run().path("command").asText().equals("pretrain")
        ? "Language model " + run.name()
        : "Run " + run.name();
  }

  /** What the run is and how its training went, in one paragraph. */
  String text() {
    List<String> sentences = new ArrayList<>();
    if (run.method().isPresent()) {
      sentences.add(connector());
    } else if (run.run().has("corpus")) {
      sentences.add(languageModel());
    }
    sentences.add(training());
    if (run.evaluations().isEmpty() && run.method().isPresent()) {
      sentences.add("It has not been evaluated yet.");
    }
    return String.join(" ", sentences);
  }

  /** The best known score of each evaluation, and whether it is above the other runs'. */
  List<String> verdicts(List<ScoreTable> tables) {
    return tables.stream()
        .filter(table -> table.runs().contains(run))
        .flatMap(table -> table.headline().map(row -> scores(table, row)).stream())
        .filter(sentence -> !sentence.isEmpty())
        .toList();
  }

  private String connector() {
    Parameters count = Parameters.of(run);
    String data = run.trainedOn().isEmpty() ? "" : " on " + String.join(", ", run.trainedOn());
    String texts = learned();
    return Numbers.fill(
        "%s%s connects a frozen vision encoder with a frozen language model%s.%s",
        run.label(),
        run.blind() ? ", which is shown no image," : "",
        count.total() == 0
            ? ""
            : Numbers.fill(
                ": %s of its %s parameters, %s, are trained%s",
                Numbers.rounded(count.trained()),
                Numbers.rounded(count.total()),
                Numbers.share(count.trained(), count.total()),
                data),
        texts.isEmpty() ? "" : " It learned from " + texts + ".");
  }

  private String learned() {
    JsonNode train = run.run().path("data").path("train");
    List<String> parts = new ArrayList<>();
    for (String kind : List.of("caption", "question")) {
      long number = train.path(kind + "s").asLong();
      if (number > 0) {
        parts.add(Numbers.count(number, kind));
      }
    }
    long images = train.path("images").asLong();
    return parts.isEmpty()
        ? ""
        : String.join(" and ", parts) + " of " + Numbers.count(images, "image");
  }

  private String languageModel() {
    long tokens = 0;
    for (JsonNode source : run.run().path("corpus").path("tokens")) {
      tokens += source.asLong();
    }
    long parameters = result.path("parameters").asLong();
    return Numbers.fill(
        "A language model%s is trained from text of %s tokens.",
        parameters > 0 ? " of " + Numbers.rounded(parameters) + " parameters" : "",
        Numbers.rounded(tokens));
  }

  private String training() {
    if (result.isMissingNode()) {
      return "The training has not come to its end.";
    }
    StringBuilder text = new StringBuilder();
    text.append("The training ")
        .append(
            switch (result.path("end").asText().toLowerCase(Locale.ROOT)) {
              case "early" -> "ended early, when the validation loss no longer fell,";
              case "stopped" -> "was stopped";
              default -> "ended";
            })
        .append(" after ")
        .append(Numbers.count(result.path("step").asLong(), "step"));
    JsonNode loss = result.path("validationLossNats");
    if (loss.isNumber()) {
      text.append(
          Numbers.fill(
              "; the lowest validation loss was %s nats per token at step %s",
              Numbers.fixed(loss.asDouble(), 3), Numbers.whole(result.path("bestStep").asLong())));
    } else if (loss.has("loss")) {
      text.append("; the validation perplexity is ")
          .append(Numbers.fixed(Math.exp(loss.path("loss").asDouble()), 1));
    }
    return text.append('.').toString();
  }

  private String scores(ScoreTable table, ScoreTable.Row row) {
    Score own = row.scores().get(run.number());
    if (own == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        Numbers.fill(
            "%s (%s): %s's %s is %s",
            table.title(), table.counted(), run.label(), row.metric(), own));
    for (ReportedRun other : runs) {
      Score score = row.scores().get(other.number());
      if (other.number() > 0 && score != null) {
        text.append("; ").append(other.label()).append("'s is ").append(score);
        Comparison comparison = row.differences().get(other.number());
        if (comparison != null) {
          text.append("; ").append(verdict(comparison, other));
        }
      }
    }
    return text.append('.').toString();
  }

  private String verdict(Comparison comparison, ReportedRun other) {
    Interval difference = comparison.difference();
    String numbers =
        "the paired difference "
            + Numbers.signedPercent(difference.value())
            + " "
            + Numbers.interval(difference.low(), difference.high());
    boolean sight = other.blind() && !run.blind();
    if (!comparison.significant()) {
      return numbers
          + " includes 0: "
          + (sight ? "this does not show that the model looks" : "neither is shown to be better");
    }
    if (difference.value() < 0) {
      return numbers + " excludes 0: " + other.label() + " is better";
    }
    return numbers + " excludes 0: " + (sight ? "the model looks" : run.label() + " is better");
  }
}
