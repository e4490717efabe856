package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.AnswerStyle;
import io.lorgnette.data.Dataset;
import io.lorgnette.generate.GenerationConfig;
import java.util.List;
import java.util.Locale;

/**
 * How an evaluation becomes a record.
 *
 * @param system its name in recipes
 * @param decoding of what was said
 * @param rule what was done to answers before they were scored, for people
 */
record Recording(
    String system,
    Dataset dataset,
    Task task,
    Protocol protocol,
    GenerationConfig decoding,
    String rule) {

  /** What a set's questions are answered with. */
  static Task answers(Dataset dataset) {
    return dataset.spec().answerStyle() == AnswerStyle.SET ? Task.ANSWER_SETS : Task.ANSWERS;
  }

  /**
   * Scores what was said.
   *
   * @param shots ids of the examples' questions where they are the same for all; else empty
   */
  EvaluationRecord of(List<Item> items, List<String> shots, double seconds) {
    String split = dataset.spec().common().split().name().toLowerCase(Locale.ROOT);
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("task", task.id()).put("dataset", dataset.name()).put("split", split);
    node.put("system", system);
    node.put("items", items.size());
    node.put("images", items.stream().map(Item::imageId).distinct().count());
    node.put("shots", protocol.shots());
    if (protocol.shots() > 0) {
      node.put("shotSeed", protocol.shotSeed());
      if (!shots.isEmpty()) {
        shots.forEach(node.putArray("shotQuestions")::add);
      }
    }
    node.put("seconds", seconds).put("itemsPerSecond", items.size() / seconds);
    ObjectNode search = node.putObject("decoding");
    search
        .put("beams", decoding.beams())
        .put("maxNewTokens", decoding.maxNewTokens())
        .put("lengthPenalty", decoding.lengthPenalty());
    if (decoding.minNewTokens() > 0) {
      search.put("minNewTokens", decoding.minNewTokens());
    }
    if (decoding.noRepeatNgram() > 0) {
      search.put("noRepeatNgram", decoding.noRepeatNgram());
    }
    AnswerStyle style = dataset.spec().answerStyle();
    node.put("resultFormat", ResultFormat.of(task, style).id());
    node.setAll(Scoring.scores(task, items, protocol.rule(style), protocol));
    if (task == Task.CAPTIONS) {
      Scoring.addDomains(node, dataset.domains(), items, protocol);
    }
    ObjectNode variants = (ObjectNode) node.get("variants");
    dataset.spec().remarks().forEach(variants::put);
    if (task != Task.CAPTIONS) {
      variants.put("post-processing", rule);
    }
    return new EvaluationRecord(
        EvaluationRecord.name(dataset.name(), split, task, protocol.shots()), task, node, items);
  }
}
