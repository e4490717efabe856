package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.Answerability;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.DaquarScores;
import io.lorgnette.metrics.DomainScores;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.ImageSums;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.metrics.VqaOptions;
import io.lorgnette.metrics.VqaScores;
import io.lorgnette.metrics.WordNetNouns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Scores of what was said, by the task's metrics. */
final class Scoring {

  private Scoring() {}

  /**
   * Scores, intervals, variants and notes in the form of {@code lorgnette score --json}.
   *
   * @param rule for answers by many people
   */
  static ObjectNode scores(Task task, List<Item> items, VqaOptions rule, Protocol protocol) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    switch (task) {
      case CAPTIONS -> captions(node, captionScores(items, protocol.scoring()), protocol);
      case ANSWERS -> answers(node, items, rule, protocol);
      case ANSWER_SETS -> {
        DaquarScores scores = daquarScores(items, protocol.nouns());
        put(node, scores.intervals(protocol.bootstrapSeed(), protocol.resamples()));
        ObjectNode variants = node.putObject("variants");
        scores.variants().forEach(variants::put);
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

  private static void answers(
      ObjectNode node, List<Item> items, VqaOptions options, Protocol protocol) {
    long seed = protocol.bootstrapSeed();
    VqaScores scores = vqaScores(items, options);
    put(node, Map.of(scores.metric(), scores.interval(seed, protocol.resamples())));
    scores
        .answerability()
        .filter(a -> !Double.isNaN(a.averagePrecision()))
        .ifPresent(
            a ->
                ((ObjectNode) node.get("corpus"))
                    .put(Answerability.AVERAGE_PRECISION, a.averagePrecision())
                    .put(Answerability.F1, a.f1()));
    scores.byAnswerType().forEach(node.putObject("byAnswerType")::put);
    ObjectNode ends = node.putObject("byAnswerTypeIntervals");
    for (String type : scores.byAnswerType().keySet()) {
      Interval one = scores.answerTypeInterval(type, seed, protocol.resamples());
      ends.putArray(type).add(one.low()).add(one.high());
    }
    scores.byQuestionType().forEach(node.putObject("byQuestionType")::put);
    ObjectNode variants = node.putObject("variants");
    scores.variants().forEach(variants::put);
    node.put("evaluator", id(options.evaluator())).put("stems", options.stems());
    // By record makes no difference here: the people were numbered.
    ObjectNode rules = JsonNodeFactory.instance.objectNode();
    VqaScores.byEveryRule(annotations(items), said(items), options)
        .forEach(
            (rule, value) -> {
              if (!rule.endsWith("by record")) {
                rules.put(rule, value);
              }
            });
    if (!rules.isEmpty()) {
      node.set("byEvaluator", rules);
    }
  }

  private static String id(VqaEvaluator evaluator) {
    return evaluator.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How the answers of a record were scored; the official rule where it does not say. */
  static VqaOptions options(ObjectNode scores) {
    String name = scores.path("evaluator").asText(id(VqaEvaluator.OFFICIAL));
    VqaEvaluator evaluator =
        Arrays.stream(VqaEvaluator.values())
            .filter(one -> id(one).equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "an evaluation was scored by the rule "
                            + name
                            + ", which this version does not know; evaluate the run again"));
    return VqaOptions.defaults().with(evaluator).withStems(scores.path("stems").asBoolean());
  }

  private static void put(ObjectNode node, Map<String, Interval> intervals) {
    node.putObject("corpus");
    node.putObject("intervals");
    add(node, intervals);
  }

  /** Adds scores and the ends of their intervals to those that are there. */
  static void add(ObjectNode node, Map<String, Interval> intervals) {
    ObjectNode corpus = (ObjectNode) node.get("corpus");
    ObjectNode ends = (ObjectNode) node.get("intervals");
    intervals.forEach(
        (metric, interval) -> {
          corpus.put(metric, interval.value());
          ends.putArray(metric).add(interval.low()).add(interval.high());
        });
  }

  /** The paired differences of two systems on the same items. */
  static List<Comparison> compare(
      Task task,
      List<Item> first,
      List<Item> second,
      CaptionOptions scoring,
      VqaOptions options,
      long seed,
      int resamples) {
    return switch (task) {
      case CAPTIONS -> {
        CaptionScores a = captionScores(first, scoring);
        CaptionScores b = captionScores(second, scoring);
        List<Comparison> all = new ArrayList<>();
        for (String metric : a.metrics()) {
          all.add(CaptionScores.compare(a, b, metric, seed, resamples));
        }
        yield all;
      }
      case ANSWERS ->
          List.of(
              VqaScores.compare(
                  vqaScores(first, options), vqaScores(second, options), seed, resamples));
      case ANSWER_SETS ->
          List.of(
              DaquarScores.compare(
                  daquarScores(first, Optional.empty()),
                  daquarScores(second, Optional.empty()),
                  seed,
                  resamples));
    };
  }

  /** What each image adds to the scores of a task, captions scored as usual. */
  static List<ImageSums> imageSums(Task task, List<Item> items, VqaOptions options) {
    return switch (task) {
      case CAPTIONS -> captionScores(items, CaptionOptions.defaults()).imageSums();
      case ANSWERS -> List.of(vqaScores(items, options).imageSums());
      case ANSWER_SETS -> List.of(daquarScores(items, Optional.empty()).imageSums());
    };
  }

  private static CaptionScores captionScores(List<Item> items, CaptionOptions options) {
    return CaptionScores.of(references(items), said(items), options);
  }

  private static Map<String, List<String>> references(List<Item> items) {
    Map<String, List<String>> references = new LinkedHashMap<>();
    items.forEach(item -> references.put(item.id(), item.references()));
    return references;
  }

  /** Adds {@code byDomain}: number of images, scores and intervals of each, where there are any. */
  static void addDomains(
      ObjectNode node, Map<String, String> domains, List<Item> items, Protocol protocol) {
    DomainScores.of(domains, references(items), said(items), protocol.scoring())
        .forEach(
            (domain, scores) -> {
              ObjectNode own = node.withObjectProperty("byDomain").putObject(domain);
              own.put("images", scores.images().size());
              put(own, scores.intervals(protocol.bootstrapSeed(), protocol.resamples()));
            });
  }

  private static VqaScores vqaScores(List<Item> items, VqaOptions options) {
    return VqaScores.of(annotations(items), said(items), options);
  }

  private static Map<String, VqaAnnotation> annotations(List<Item> items) {
    Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    for (Item item : items) {
      annotations.put(
          item.id(),
          References.annotation(
              item.imageId(),
              item.questionType(),
              item.answerType(),
              item.references(),
              Optional.ofNullable(item.answerable())));
    }
    return annotations;
  }

  private static DaquarScores daquarScores(List<Item> items, Optional<WordNetNouns> nouns) {
    Map<String, DaquarAnswer> answers = new LinkedHashMap<>();
    items.forEach(
        item -> answers.put(item.id(), DaquarAnswer.of(item.imageId(), item.references().get(0))));
    return DaquarScores.of(answers, said(items), Evaluated.REFERENCES, nouns);
  }

  private static Map<String, String> said(List<Item> items) {
    Map<String, String> said = new LinkedHashMap<>();
    items.forEach(item -> said.put(item.id(), item.said()));
    return said;
  }
}
