package io.lorgnette.suite;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.Interval;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;

/**
 * The record of what a run scored, for figures that are printed elsewhere: where its weights come
 * from, the commands, scores with their intervals. No captions, no questions, no paths.
 */
public final class ScoreRecords {

  private static final long SEED = 1;

  private ScoreRecords() {}

  /**
   * Writes the record; what was there of an earlier one is replaced.
   *
   * @param folder of the record
   */
  public static void write(RunFolder run, Path folder) {
    PageFiles.clear(folder);
    RunFolder to = RunFolder.create(folder);
    to.writeJson("run.json", RunRecords.withoutPaths(run.readJson("run.json")));
    for (String name : EvaluationRecord.names(run)) {
      String file = EvaluationRecord.file(name);
      ObjectNode scores = (ObjectNode) run.readJson(file);
      // The types of questions are their first words.
      scores.remove("byQuestionType");
      to.writeJson(file, scores);
    }
  }

  /**
   * Paired differences between two evaluations of the same items, for a record: of every score, and
   * of answers of each type.
   *
   * @param scoring of captions
   */
  public static ArrayNode differences(
      EvaluationRecord first, EvaluationRecord second, CaptionOptions scoring) {
    ArrayNode found = JsonNodeFactory.instance.arrayNode();
    first
        .compare(second, scoring, SEED, Interval.RESAMPLES)
        .forEach(one -> put(found.addObject(), first, second, one));
    for (String type : first.answerTypes()) {
      first
          .onlyAnswerType(type)
          .compare(second.onlyAnswerType(type), scoring, SEED, Interval.RESAMPLES)
          .forEach(one -> put(found.addObject().put("answerType", type), first, second, one));
    }
    return found;
  }

  private static void put(
      ObjectNode node, EvaluationRecord first, EvaluationRecord second, Comparison one) {
    node.put("evaluation", first.name()).put("minus", second.name()).put("metric", one.metric());
    node.put("difference", one.difference().value());
    node.put("low", one.difference().low()).put("high", one.difference().high());
    node.put("p", one.p()).put("pRandomized", one.pRandomized());
  }
}
