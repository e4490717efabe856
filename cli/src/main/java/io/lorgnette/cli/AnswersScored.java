package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.metrics.VqaFiles;
import io.lorgnette.metrics.VqaOptions;
import io.lorgnette.metrics.VqaScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of answers: VQA accuracy, overall and by answer type. */
final class AnswersScored implements Scored {

  private final Map<String, VqaAnnotation> annotations;
  private final VqaScores scores;
  private final Map<String, Interval> overall;
  private final Map<String, Interval> byType = new LinkedHashMap<>();
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
      Path annotationFile,
      Path results,
      Path against,
      VqaEvaluator evaluator,
      VqaEvaluator.LeaveOut leaveOut,
      Evaluated evaluated,
      BootstrapOptions bootstrap) {
    this.bootstrap = bootstrap;
    this.results = results;
    this.against = against;
    VqaOptions options = VqaOptions.defaults().with(evaluator).with(leaveOut).with(evaluated);
    VqaFiles.Answers files = VqaFiles.read(annotationFile, results, evaluated);
    annotations = files.annotations();
    scores = VqaScores.of(files.annotations(), files.results(), options);
    overall = Map.of(VqaScores.METRIC, scores.interval(bootstrap.seed(), bootstrap.resamples()));
    for (String type : scores.byAnswerType().keySet()) {
      if (!type.isEmpty()) {
        byType.put(type, scores.answerTypeInterval(type, bootstrap.seed(), bootstrap.resamples()));
      }
    }
    if (against == null) {
      comparisons = List.of();
    } else {
      VqaFiles.Answers others = VqaFiles.read(annotationFile, against, evaluated);
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
    ObjectNode types = node.putObject("byAnswerType");
    byType.forEach((type, interval) -> types.put(type, interval.value()));
    ObjectNode ends = node.putObject("byAnswerTypeIntervals");
    byType.forEach((type, i) -> ends.putArray(type).add(i.low()).add(i.high()));
    scores.byQuestionType().forEach(node.putObject("byQuestionType")::put);
    Scored.put(node, bootstrap);
    Scored.put(node, comparisons);
    return node;
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
    lines.addAll(Scored.differences(comparisons, against));
    scores.variants().forEach((what, how) -> lines.add("  " + what + ": " + how));
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
