package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.Answerability;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaFiles;
import io.lorgnette.metrics.VqaOptions;
import io.lorgnette.metrics.VqaScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Scores of answers: VQA accuracy, overall and by answer type. */
final class AnswersScored implements Scored {

  private final Map<String, VqaAnnotation> annotations;
  private final VqaScores scores;
  private final Map<String, Interval> overall;
  private final Map<String, Interval> byType = new LinkedHashMap<>();
  private final Map<String, Double> byEveryRule;
  private final boolean numbered;
  private final List<Comparison> comparisons;
  private final BootstrapOptions bootstrap;
  private final Path results;
  private final Path against;

  /**
   * Scores files.
   *
   * @param against results of another system, or null
   */
  AnswersScored(
      ScoredReferences references,
      Path results,
      Path against,
      VqaOptions options,
      BootstrapOptions bootstrap) {
    this.bootstrap = bootstrap;
    this.results = results;
    this.against = against;
    VqaFiles.Answers files = references.answers(results, options.evaluated());
    annotations = files.annotations();
    scores = VqaScores.of(files.annotations(), files.results(), options);
    byEveryRule = VqaScores.byEveryRule(files.annotations(), files.results(), options);
    numbered = references instanceof DatasetReferences;
    overall = Map.of(scores.metric(), scores.interval(bootstrap.seed(), bootstrap.resamples()));
    for (String type : scores.byAnswerType().keySet()) {
      if (!type.isEmpty()) {
        byType.put(type, scores.answerTypeInterval(type, bootstrap.seed(), bootstrap.resamples()));
      }
    }
    if (against == null) {
      comparisons = List.of();
    } else {
      VqaFiles.Answers others = references.answers(against, options.evaluated());
      VqaScores other = VqaScores.of(others.annotations(), others.results(), options);
      comparisons =
          List.of(VqaScores.compare(scores, other, bootstrap.seed(), bootstrap.resamples()));
    }
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("task", "answers");
    node.put("questions", scores.questions().size()).put("images", scores.images());
    Scored.put(node, overall, scores.variants());
    scores
        .answerability()
        .filter(a -> !Double.isNaN(a.averagePrecision()))
        .ifPresent(
            a ->
                ((ObjectNode) node.get("corpus"))
                    .put(Answerability.AVERAGE_PRECISION, a.averagePrecision())
                    .put(Answerability.F1, a.f1()));
    ObjectNode types = node.putObject("byAnswerType");
    byType.forEach((type, interval) -> types.put(type, interval.value()));
    ObjectNode ends = node.putObject("byAnswerTypeIntervals");
    byType.forEach((type, i) -> ends.putArray(type).add(i.low()).add(i.high()));
    scores.byQuestionType().forEach(node.putObject("byQuestionType")::put);
    if (!rules().isEmpty()) {
      rules().forEach(node.putObject("byEvaluator")::put);
    }
    Scored.put(node, bootstrap);
    Scored.put(node, comparisons);
    return node;
  }

  /** The score by every rule; people of a data set are numbered, so no two records are equal. */
  private Map<String, Double> rules() {
    Map<String, Double> rules = new LinkedHashMap<>(byEveryRule);
    rules.keySet().removeIf(rule -> numbered && rule.endsWith("by record"));
    return rules;
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        results
            + ": "
            + Numbers.whole(scores.questions().size())
            + " questions on "
            + Numbers.whole(scores.images())
            + " images (scores times 100, 95 % intervals)");
    Map<String, Interval> all = new LinkedHashMap<>(overall);
    byType.forEach((type, interval) -> all.put("  " + type, interval));
    lines.addAll(Scored.rows(all));
    scores
        .answerability()
        .ifPresent(
            a ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  %s %.2f, F1 %.2f",
                        Answerability.AVERAGE_PRECISION,
                        100 * a.averagePrecision(),
                        100 * a.f1())));
    lines.addAll(Scored.differences(comparisons, against));
    scores.variants().forEach((what, how) -> lines.add("  " + what + ": " + how));
    rules()
        .forEach(
            (rule, value) ->
                lines.add(String.format(Locale.ROOT, "  by the rule %s: %.2f", rule, 100 * value)));
    return lines;
  }

  @Override
  public String csv() {
    StringBuilder text = new StringBuilder("question,image,accuracy");
    double[] accuracies = scores.perQuestion();
    for (int i = 0; i < accuracies.length; i++) {
      String question = scores.questions().get(i);
      text.append('\n').append(Scored.csv(question));
      text.append(',').append(Scored.csv(annotations.get(question).imageId()));
      text.append(',').append(accuracies[i]);
    }
    return text.append('\n').toString();
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
