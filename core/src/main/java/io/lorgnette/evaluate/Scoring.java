package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.DaquarScores;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.HumanAnswer;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaScores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of what was said, by the task's metrics. */
final class Scoring {

  private Scoring() {}

  /** Scores, intervals, variants and notes in the form of {@code lorgnette score --json}. */
  static ObjectNode scores(Task task, List<Item> items, Protocol protocol) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (task) {
      case CAPTIONS -> captions(node, captionScores(items), protocol);
      case ANSWERS -> answers(node, vqaScores(items), protocol);
      case ANSWER_SETS -> {
        DaquarScores scores = daquarScores(items);
        Interval interval = scores.interval(protocol.bootstrapSeed(), protocol.resamples());
        put(node, Map.of(DaquarScores.METRIC, interval));
        node.putObject("variants");
      }
    }
    node.put("bootstrapSeed", protocol.bootstrapSeed()).put("resamples", protocol.resamples());
    return node;
  }

  private static void captions(ObjectNode node, CaptionScores scores, Protocol protocol) {
    put(node, scores.intervals(protocol.bootstrapSeed(), protocol.resamples()));
    ObjectNode variants = node.putObject("variants");
    scores.variants().forEach(variants::put);
    scores.notes().forEach(node.putArray("notes")::add);
  }

  private static void answers(ObjectNode node, VqaScores scores, Protocol protocol) {
    long seed = protocol.bootstrapSeed();
    put(node, Map.of(VqaScores.METRIC, scores.interval(seed, protocol.resamples())));
    scores.byAnswerType().forEach(node.putObject("byAnswerType")::put);
    scores.byQuestionType().forEach(node.putObject("byQuestionType")::put);
    ObjectNode variants = node.putObject("variants");
    scores.variants().forEach(variants::put);
  }

  private static void put(ObjectNode node, Map<String, Interval> intervals) {
    ObjectNode corpus = node.putObject("corpus");
    ObjectNode ends = node.putObject("intervals");
    intervals.forEach(
        (metric, interval) -> {
          corpus.put(metric, interval.value());
          ends.putArray(metric).add(interval.low()).add(interval.high());
        });
  }

  /** The paired differences of two systems on the same items. */
  static List<Comparison> compare(
      Task task, List<Item> first, List<Item> second, long seed, int resamples) {
    return switch (task) {
      case CAPTIONS -> {
        CaptionScores a = captionScores(first);
        CaptionScores b = captionScores(second);
        List<Comparison> all = new ArrayList<>();
        for (String metric : a.metrics()) {
          all.add(CaptionScores.compare(a, b, metric, seed, resamples));
        }
        yield all;
      }
      case ANSWERS ->
          List.of(VqaScores.compare(vqaScores(first), vqaScores(second), seed, resamples));
      case ANSWER_SETS ->
          List.of(DaquarScores.compare(daquarScores(first), daquarScores(second), seed, resamples));
    };
  }

  private static CaptionScores captionScores(List<Item> items) {
    Map<String, List<String>> references = new LinkedHashMap<>();
    items.forEach(item -> references.put(item.id(), item.references()));
    return CaptionScores.of(references, said(items));
  }

  private static VqaScores vqaScores(List<Item> items) {
    Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    for (Item item : items) {
      List<HumanAnswer> answers = new ArrayList<>();
      for (String answer : item.references()) {
        // The number of the person: VQA's records are all different by their answer_id.
        answers.add(new HumanAnswer(answer, Integer.toString(answers.size() + 1)));
      }
      annotations.put(
          item.id(),
          new VqaAnnotation(item.imageId(), item.questionType(), item.answerType(), answers));
    }
    return VqaScores.of(annotations, said(items));
  }

  private static DaquarScores daquarScores(List<Item> items) {
    Map<String, DaquarAnswer> answers = new LinkedHashMap<>();
    items.forEach(
        item -> answers.put(item.id(), DaquarAnswer.of(item.imageId(), item.references().get(0))));
    return DaquarScores.of(answers, said(items), Evaluated.REFERENCES);
  }

  private static Map<String, String> said(List<Item> items) {
    Map<String, String> said = new LinkedHashMap<>();
    items.forEach(item -> said.put(item.id(), item.said()));
    return said;
  }
}
