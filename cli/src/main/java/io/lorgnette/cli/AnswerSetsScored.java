package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.DaquarScores;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaFiles;
import io.lorgnette.metrics.WordNetNouns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scores of answers that are sets of things, as DAQUAR's. */
final class AnswerSetsScored implements Scored {

  private final DaquarScores scores;
  private final Map<String, Interval> intervals;
  private final List<Comparison> comparisons;
  private final BootstrapOptions bootstrap;
  private final Path results;
  private final Path against;

  /**
   * Scores files.
   *
   * @param against results of another system, or null
   */
  AnswerSetsScored(
      ScoredReferences references,
      Path results,
      Path against,
      Evaluated evaluated,
      Optional<WordNetNouns> nouns,
      BootstrapOptions bootstrap) {
    this.bootstrap = bootstrap;
    this.results = results;
    this.against = against;
    scores = DaquarScores.of(references.sets(), VqaFiles.readResults(results), evaluated, nouns);
    intervals = scores.intervals(bootstrap.seed(), bootstrap.resamples());
    comparisons =
        against == null
            ? List.of()
            : List.of(
                DaquarScores.compare(
                    scores,
                    DaquarScores.of(references.sets(), VqaFiles.readResults(against), evaluated),
                    bootstrap.seed(),
                    bootstrap.resamples()));
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("task", "answer-sets");
    node.put("questions", scores.questions().size()).put("images", scores.images());
    Scored.put(node, intervals, scores.variants());
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
    lines.addAll(Scored.rows(intervals));
    lines.addAll(Scored.differences(comparisons, against));
    scores.variants().forEach((what, how) -> lines.add("  " + what + ": " + how));
    return lines;
  }

  @Override
  public String csv() {
    double[] right = scores.perQuestion();
    Optional<double[]> wups = scores.wupsPerQuestion();
    StringBuilder text = new StringBuilder("question,right");
    wups.ifPresent(w -> text.append(',').append(DaquarScores.WUPS));
    for (int i = 0; i < right.length; i++) {
      text.append('\n').append(Scored.csv(scores.questions().get(i))).append(',').append(right[i]);
      if (wups.isPresent()) {
        text.append(',').append(wups.get()[i]);
      }
    }
    return text.append('\n').toString();
  }

  @Override
  public List<String> notes() {
    return List.of();
  }
}
