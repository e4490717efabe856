package io.lorgnette.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.AnswerStyle;
import io.lorgnette.method.MethodKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done to answers, and how they are written. */
class PostProcessingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAPL | ' two dogs ' | two dogs",
        "FROZEN | ' a dog%n Question: what?' | a dog",
        "LIMBER | '%n%n' | ''",
        "FLAMINGO | ' a dog, I think Question: is it?' | a dog",
        "FLAMINGO | 'red,blue Short answer: no' | red,blue",
        "FLAMINGO | 'AnswerQuestion' | ''",
        "MINIGPT4 | ' Assistant: two dogs ###Human: and?' | two dogs",
        "MINIGPT4 | ' two dogs' | two dogs",
        "BLIP2 | ' a dog, two%n' | a dog, two"
      })
  void everySystemHasItsOwnRule(MethodKind kind, String generated, String answer) {
    assertThat(PostProcessing.of(kind).answer(generated.replace("%n", "\n"))).isEqualTo(answer);
  }

  @Test
  void resultsAreWrittenAsTheOfficialEvaluationsTakeThem() {
    assertThat(line(ResultFormat.of(Task.CAPTIONS, AnswerStyle.TEN_PEOPLE), "42"))
        .isEqualTo("{\"image_id\":42,\"caption\":\"x\"}");
    assertThat(line(ResultFormat.of(Task.CAPTIONS, AnswerStyle.TEN_PEOPLE), "0042"))
        .isEqualTo("{\"image_id\":\"0042\",\"caption\":\"x\"}");
    assertThat(line(ResultFormat.of(Task.ANSWERS, AnswerStyle.STEMS), "7"))
        .isEqualTo("{\"question_id\":7,\"answer\":\"x\"}");
    assertThat(line(ResultFormat.of(Task.ANSWERS, AnswerStyle.BLIND_PEOPLE), "a.jpg"))
        .isEqualTo("{\"image\":\"a.jpg\",\"answer\":\"x\"}");
    assertThat(line(ResultFormat.of(Task.ANSWERS, AnswerStyle.ONE), "123"))
        .isEqualTo("{\"questionId\":\"123\",\"prediction\":\"x\"}");
  }

  private static String line(ResultFormat format, String id) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    format.put(node, id, "x");
    return node.toString();
  }
}
