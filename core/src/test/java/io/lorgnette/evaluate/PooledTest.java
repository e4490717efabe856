package io.lorgnette.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Evaluations of parts of a data set, put together. */
class PooledTest {

  private static Item item(int id, String said, String type) {
    List<String> people = Collections.nCopies(10, "red");
    String image = "image" + id / 2;
    return new Item("" + id, image, image, "?", said, -1, people, "what", type);
  }

  private static EvaluationRecord record(String split, Item... items) {
    ObjectNode scores = JsonNodeFactory.instance.objectNode();
    scores.put("task", Task.ANSWERS.id()).put("split", split).put("seconds", 2);
    scores.putObject("corpus").put("VQA accuracy", 0.5);
    scores.putObject("variants").put("post-processing", "as it is");
    scores.putArray("notes").add("said once");
    return new EvaluationRecord("x-" + split, Task.ANSWERS, scores, List.of(items));
  }

  @Test
  void isScoredAsAWhole() {
    EvaluationRecord first = record("train", item(0, "red", "other"), item(1, "blue", "other"));
    EvaluationRecord second = record("val", item(2, "red", "other"), item(3, "red", "number"));
    EvaluationRecord pooled = EvaluationRecord.pooled("whole", List.of(first, second));
    assertThat(pooled.name()).isEqualTo("whole");
    assertThat(pooled.items()).hasSize(4);
    ObjectNode scores = pooled.scores();
    assertThat(scores.path("split").asText()).isEqualTo("train, val");
    assertThat(scores.path("images").asInt()).isEqualTo(2);
    assertThat(scores.path("seconds").asDouble()).isEqualTo(4);
    assertThat(scores.path("corpus").path("VQA accuracy").asDouble()).isCloseTo(0.75, within(1e-9));
    assertThat(scores.path("byAnswerType").path("number").asDouble()).isEqualTo(1);
    assertThat(scores.path("byAnswerTypeIntervals").path("number")).hasSize(2);
    assertThat(scores.path("variants").path("post-processing").asText()).isEqualTo("as it is");
    assertThat(scores.path("notes")).hasSize(1);
    assertThat(first.scores().path("items").isMissingNode()).isTrue();
  }

  @Test
  void typesAreComparedApart() {
    Item[] right = items("red");
    Item[] wrong = items("blue");
    wrong[0] = item(0, "red", "other");
    EvaluationRecord one = record("val", right);
    EvaluationRecord other = record("val", wrong);
    assertThat(one.answerTypes()).containsExactly("number", "other");
    assertThat(
            one.onlyAnswerType("other")
                .compare(other.onlyAnswerType("other"), 1, 100)
                .get(0)
                .difference()
                .value())
        .isCloseTo(0.5, within(1e-9));
    assertThat(
            one.onlyAnswerType("number")
                .compare(other.onlyAnswerType("number"), 1, 100)
                .get(0)
                .difference()
                .value())
        .isCloseTo(1, within(1e-9));
  }

  private static Item[] items(String said) {
    return IntStream.range(0, 4)
        .mapToObj(i -> item(i, said, i % 2 == 0 ? "other" : "number"))
        .toArray(Item[]::new);
  }

  @Test
  void nothingCountsTwice() {
    EvaluationRecord one = record("train", item(0, "red", "other"));
    assertThatThrownBy(() -> EvaluationRecord.pooled("whole", List.of(one, one)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("item 0 stands in two of the evaluations");
  }
}
