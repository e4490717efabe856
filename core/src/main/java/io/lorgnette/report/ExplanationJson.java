package io.lorgnette.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.explain.Explanation;
import io.lorgnette.explain.Explanation.Attention;
import io.lorgnette.explain.Explanation.Neighbour;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.explain.Explanation.Time;
import io.lorgnette.explain.Explanation.Word;
import java.util.List;

/**
 * An explanation as JSON, without the photo. Log-probabilities are in nats, maps go row by row from
 * the top left.
 */
public final class ExplanationJson {

  private ExplanationJson() {}

  /** The whole explanation. */
  public static ObjectNode of(Explanation explained) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    explained.question().ifPresent(question -> node.put("question", question));
    node.put("said", explained.said()).put("blind", explained.blind());
    node.putObject("photo")
        .put("size", explained.seen().width())
        .put("tokens", explained.visualTokens());
    node.put("regions", explained.regions());
    ArrayNode words = node.putArray("words");
    for (Word word : explained.words()) {
      ObjectNode one = words.addObject().put("word", word.text());
      one.put("seeing", word.seeing()).put("blind", word.blind());
      numbers(one.putArray("lost"), word.lost());
    }
    node.set("prefix", prefix(explained));
    node.set("attention", attention(explained.attention()));
    Time time = explained.time();
    node.putObject("milliseconds")
        .put("crop", millis(time.crop()))
        .put("encode", millis(time.encode()))
        .put("connect", millis(time.connect()))
        .put("write", millis(time.write()))
        .put("look", millis(time.look()));
    return node;
  }

  private static ObjectNode prefix(Explanation explained) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("length", explained.prefixLength());
    ArrayNode nearest = node.putArray("nearest");
    for (PrefixToken token : explained.prefix()) {
      ArrayNode words = nearest.addArray();
      for (Neighbour word : token.nearest()) {
        words
            .addObject()
            .put("word", word.text())
            .put("id", word.id())
            .put("cosine", word.cosine());
      }
    }
    return node;
  }

  private static ObjectNode attention(Attention attention) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("rows", attention.rows()).put("columns", attention.columns());
    ArrayNode maps = node.putArray("maps");
    attention.maps().forEach(map -> numbers(maps.addArray(), map));
    if (!attention.missing().isEmpty()) {
      node.put("missing", attention.missing());
    }
    return node;
  }

  private static void numbers(ArrayNode array, List<Double> values) {
    values.forEach(array::add);
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
