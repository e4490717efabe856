package io.lorgnette.suite;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;

/**
 * The record of what a run scored, for figures that are printed elsewhere: where its weights come
 * from, the commands, scores with their intervals. No captions, no questions, no paths.
 */
public final class ScoreRecords {

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
}
