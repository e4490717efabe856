package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.method.MethodKind;
import io.lorgnette.train.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a report knows of one run, read once.
 *
 * @param number its place among the runs of the report; the first is the one reported on
 * @param label a name for people that no other run of the report has
 * @param method empty for a pretrained language model
 * @param run {@code run.json}
 */
record ReportedRun(
    int number,
    String label,
    Optional<MethodKind> method,
    RunFolder folder,
    JsonNode run,
    List<JsonNode> steps,
    List<EvaluationRecord> evaluations) {

  private static final Pattern METHOD = Pattern.compile("(?m)^method:\\s*[\"']?([\\w-]+)");

  /** Reads all runs of a report. */
  static List<ReportedRun> all(RunFolder first, List<RunFolder> others) {
    List<RunFolder> folders = new ArrayList<>(List.of(first));
    folders.addAll(others);
    List<ReportedRun> runs = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (RunFolder folder : folders) {
      JsonNode run = folder.readJson("run.json");
      List<EvaluationRecord> evaluations = new ArrayList<>(EvaluationRecord.all(folder));
      // Captions before answers; the sort keeps the order of names.
      evaluations.sort(Comparator.comparing(EvaluationRecord::task));
      Optional<MethodKind> method = method(folder, evaluations);
      String label = unused(labels, method.map(MethodKind::title).orElse(name(folder)), folder);
      runs.add(
          new ReportedRun(runs.size(), label, method, folder, run, folder.steps(), evaluations));
    }
    return runs;
  }

  private static String unused(Set<String> labels, String wanted, RunFolder folder) {
    String label = labels.contains(wanted) ? wanted + " (" + name(folder) + ")" : wanted;
    for (int number = 2; !labels.add(label); number++) {
      label = wanted + " (" + name(folder) + ", " + number + ")";
    }
    return label;
  }

  private static Optional<MethodKind> method(RunFolder folder, List<EvaluationRecord> records) {
    String id = records.isEmpty() ? "" : records.get(0).scores().path("system").asText();
    if (id.isEmpty() && Files.exists(folder.path().resolve("recipe.yaml"))) {
      Matcher matcher = METHOD.matcher(folder.readText("recipe.yaml"));
      id = matcher.find() ? matcher.group(1) : "";
    }
    String found = id;
    return Arrays.stream(MethodKind.values()).filter(kind -> kind.id().equals(found)).findFirst();
  }

  /** The name of the run's folder. */
  String name() {
    return name(folder);
  }

  private static String name(RunFolder folder) {
    Path name = folder.path().toAbsolutePath().normalize().getFileName();
    return name == null ? "run" : name.toString();
  }

  boolean blind() {
    return method.equals(Optional.of(MethodKind.MAPL_BLIND));
  }

  Optional<EvaluationRecord> evaluation(String name) {
    return evaluations.stream().filter(record -> record.name().equals(name)).findFirst();
  }

  /** Names of the data sets that it was trained on. */
  List<String> trainedOn() {
    List<String> names = new ArrayList<>();
    for (JsonNode set : run.path("data").path("train").path("sets")) {
      names.add(set.path("dataset").asText());
    }
    return names.stream().distinct().toList();
  }
}
