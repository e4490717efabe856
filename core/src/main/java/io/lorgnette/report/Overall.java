package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The overall column of the tables: the plain mean of a score over the data sets, as in the
 * lecture, whose columns are over Conceptual Captions, COCO, TextCaps and VizWiz for captions, and
 * over VQAv2, OK-VQA, TextVQA and VizWiz for answers. There is one for each task, number of shots
 * and form of weights that were evaluated on several sets.
 */
final class Overall {

  private Overall() {}

  /** What is averaged together. */
  private record Group(Task task, int shots, String weights) {
    static Group of(EvaluationRecord record) {
      JsonNode scores = record.scores();
      String weights = scores.path("weights").asText();
      return new Group(record.task(), scores.path("shots").asInt(), weights);
    }

    String name() {
      return "overall-"
          + task.id()
          + (shots > 0 ? "-" + shots + "-shot" : "")
          + (weights.isEmpty() ? "" : "-" + weights);
    }

    String title() {
      return (task == Task.CAPTIONS ? "Captions" : "Answers")
          + (shots > 0 ? ", " + Numbers.count(shots, "shot") : "")
          + (weights.isEmpty() ? "" : ", weights " + weights);
    }
  }

  /**
   * The tables of means over sets. Runs are averaged over the evaluations that all of them have, so
   * that their means compare; with fewer than two such there is no table.
   */
  static List<ScoreTable> of(List<ReportedRun> runs) {
    Map<Group, List<ReportedRun>> groups = new LinkedHashMap<>();
    for (ReportedRun run : runs) {
      run.evaluations().stream()
          .filter(record -> record.task() != Task.ANSWER_SETS)
          .filter(record -> !record.scores().has("photos"))
          .map(Group::of)
          .distinct()
          .forEach(group -> groups.computeIfAbsent(group, g -> new ArrayList<>()).add(run));
    }
    List<ScoreTable> tables = new ArrayList<>();
    groups.forEach(
        (group, having) -> {
          Set<String> shared = new LinkedHashSet<>(names(having.get(0), group));
          having.forEach(run -> shared.retainAll(names(run, group)));
          if (shared.size() > 1) {
            tables.add(table(group, List.copyOf(shared), having));
          }
        });
    return tables;
  }

  private static List<String> names(ReportedRun run, Group group) {
    return run.evaluations().stream()
        .filter(record -> Group.of(record).equals(group))
        .map(EvaluationRecord::name)
        .toList();
  }

  private static ScoreTable table(Group group, List<String> names, List<ReportedRun> runs) {
    List<ScoreTable.Row> rows = new ArrayList<>();
    List<String> metrics =
        group.task() == Task.CAPTIONS ? List.of("BLEU-4", "CIDEr") : List.of("VQA accuracy");
    for (String metric : metrics) {
      Map<Integer, Score> means = new TreeMap<>();
      for (ReportedRun run : runs) {
        List<JsonNode> values =
            names.stream()
                .map(name -> run.evaluation(name).orElseThrow().scores())
                .map(scores -> scores.path("corpus").path(metric))
                .toList();
        if (values.stream().allMatch(JsonNode::isNumber)) {
          double mean = values.stream().mapToDouble(JsonNode::asDouble).average().orElseThrow();
          means.put(run.number(), new Score(mean, Double.NaN, Double.NaN));
        }
      }
      if (!means.isEmpty()) {
        rows.add(new ScoreTable.Row(metric, "", means, Map.of()));
      }
    }
    String sets =
        String.join(
            ", ",
            names.stream()
                .map(name -> runs.get(0).evaluation(name).orElseThrow().scores())
                .map(s -> s.path("dataset").asText() + " " + s.path("split").asText())
                .toList());
    String title = group.title() + " overall, mean of " + names.size() + " sets";
    return new ScoreTable(
        group.name(), title, runs, rows, List.of("Each set counts the same: " + sets + "."));
  }
}
