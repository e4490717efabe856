package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VqaFilesTest {

  private static final String ANNOTATIONS =
      """
      {"data_subtype": "val2014",
       "annotations": [
        {"question_type": "what is", "multiple_choice_answer": "net", "image_id": 9, "question_id": 90,
         "answer_type": "other", "answers": [
          {"answer": "net", "answer_confidence": "maybe", "answer_id": 1},
          {"answer_id": 2, "answer": "net", "answer_confidence": "maybe"}]},
        {"image_id": "VizWiz_1.jpg", "question_id": "v1", "answer_type": null,
         "answers": [{"answer": "a can"}, {"answer": "a can"}, "bare"]}]}
      """;

  @TempDir private Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  @Test
  void readsAnnotations() throws IOException {
    Map<String, VqaAnnotation> read =
        VqaFiles.readAnnotations(file("annotations.json", ANNOTATIONS));
    assertThat(read).containsOnlyKeys("90", "v1");
    VqaAnnotation first = read.get("90");
    assertThat(first.imageId()).isEqualTo("9");
    assertThat(first.questionType()).isEqualTo("what is");
    assertThat(first.answerType()).isEqualTo("other");
    assertThat(first.answers()).extracting(HumanAnswer::answer).containsExactly("net", "net");
    assertThat(first.answers().get(0)).isNotEqualTo(first.answers().get(1));
    VqaAnnotation second = read.get("v1");
    assertThat(second.answerType()).isEmpty();
    assertThat(second.answers().get(0)).isEqualTo(second.answers().get(1));
    assertThat(second.answers().get(2).answer()).isEqualTo("bare");
  }

  @Test
  void readsQuestionsAndResults() throws IOException {
    String questions =
        """
        {"info": {}, "questions": [{"image_id": 9, "question": "What is it?", "question_id": 90}]}
        """;
    assertThat(VqaFiles.readQuestions(file("questions.json", questions)))
        .containsExactly(Map.entry("90", new VqaQuestion("9", "What is it?")));
    assertThat(
            VqaFiles.readResults(
                file(
                    "r.json",
                    "[{\"question_id\": 90, \"answer\": \"net\"},{\"question_id\":\"v1\",\"answer\":2}]")))
        .containsExactly(Map.entry("90", "net"), Map.entry("v1", "2"));
    assertThat(
            VqaFiles.readResults(
                file(
                    "r.jsonl",
                    "{\"question_id\": 90, \"answer\": \"\"}\n{\"question_id\": 91, \"answer\": \"x\"}\n")))
        .containsExactly(Map.entry("90", ""), Map.entry("91", "x"));
  }

  @Test
  void readsVizWizAndTextVqaAsTheyArePublished() throws IOException {
    Map<String, VqaAnnotation> vizWiz =
        VqaFiles.readAnnotations(
            file(
                "val.json",
                """
                [{"image": "VizWiz_val_2.jpg", "question": "Which?", "answer_type": "other",
                  "answers": [{"answer": "blue", "answer_confidence": "yes"}], "answerable": 1},
                 {"image": "VizWiz_val_3.jpg", "answers": [{"answer": "unanswerable"}],
                  "answer_type": "unanswerable", "answerable": 0}]
                """));
    assertThat(vizWiz).containsOnlyKeys("VizWiz_val_2.jpg", "VizWiz_val_3.jpg");
    assertThat(vizWiz.get("VizWiz_val_2.jpg").imageId()).isEqualTo("VizWiz_val_2.jpg");
    assertThat(vizWiz.get("VizWiz_val_2.jpg").answerable()).contains(true);
    assertThat(vizWiz.get("VizWiz_val_3.jpg").answerable()).contains(false);
    Map<String, VqaAnnotation> textVqa =
        VqaFiles.readAnnotations(
            file(
                "TextVQA.json",
                """
                {"dataset_type": "val", "data": [{"question_id": 7, "question": "what?",
                 "image_id": "0a", "answers": ["Nokia", "nokia"], "image_classes": ["Phone"]}]}
                """));
    assertThat(textVqa.get("7").answers())
        .extracting(HumanAnswer::answer)
        .containsExactly("Nokia", "nokia");
    assertThat(textVqa.get("7").answerable()).isEmpty();
    assertThat(
            VqaFiles.readResults(
                file("r.json", "[{\"image\": \"VizWiz_val_2.jpg\", \"answer\": \"blue\"}]")))
        .containsExactly(Map.entry("VizWiz_val_2.jpg", "blue"));
    assertThat(
            VqaFiles.readResults(
                file("g.json", "[{\"questionId\": \"0293\", \"prediction\": \"no\"}]")))
        .containsExactly(Map.entry("0293", "no"));
  }

  @Test
  void readsBothFilesAndChecksThem() throws IOException {
    Path annotations = file("annotations.json", ANNOTATIONS);
    Path results = file("r.json", "[{\"question_id\": 90, \"answer\": \"net\"}]");
    assertThatThrownBy(() -> VqaFiles.read(annotations, results, Evaluated.REFERENCES))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("r.json: 1 of 2 questions of ")
        .hasMessageContaining("the first is v1");
    VqaFiles.Answers answers = VqaFiles.read(annotations, results, Evaluated.RESULTS);
    VqaOptions options = VqaOptions.defaults().with(Evaluated.RESULTS);
    VqaScores scores = VqaScores.of(answers.annotations(), answers.results(), options);
    assertThat(scores.questions()).containsExactly("90");
    assertThat(scores.byAnswerType()).containsOnlyKeys("other");
    Path strange = file("s.json", "[{\"question_id\": 91, \"answer\": \"net\"}]");
    assertThatThrownBy(() -> VqaFiles.read(annotations, strange, Evaluated.RESULTS))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("s.json: question 91 has a result but no references");
  }

  static Stream<Arguments> badAnnotations() {
    return Stream.of(
        Arguments.of(
            ANNOTATIONS.replace("\"v1\"", "90"), "line 7", "question 90 occurs a second time"),
        Arguments.of(
            ANNOTATIONS.replace("\"question_id\": 90,", ""),
            "line 3",
            "\"question_id\" is missing"),
        Arguments.of(
            ANNOTATIONS.replace("\"image_id\": 9,", ""), "line 3", "\"image_id\" of question 90"),
        Arguments.of(
            ANNOTATIONS.replace(
                "[{\"answer\": \"a can\"}, {\"answer\": \"a can\"}, \"bare\"]", "[]"),
            "line 7",
            "question v1 has no \"answers\""),
        Arguments.of(
            ANNOTATIONS.replace("{\"answer\": \"a can\"}, ", "{\"answr\": \"a can\"}, "),
            "line 8",
            "\"answer\" is missing"),
        Arguments.of("{\"annotations\": [", "line 1", "not valid JSON"),
        Arguments.of("{\"questions\": []}", "line 1", "no annotations; expected"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("badAnnotations")
  void badAnnotationsAreOneSentence(String content, String place, String problem)
      throws IOException {
    Path path = file("annotations.json", content);
    assertThatThrownBy(() -> VqaFiles.readAnnotations(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(place)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void badResultsAreOneSentence() throws IOException {
    Path twice =
        file(
            "twice.json",
            "[{\"question_id\": 1, \"answer\": \"a\"},\n {\"question_id\": 1, \"answer\": \"b\"}]");
    assertThatThrownBy(() -> VqaFiles.readResults(twice))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("twice.json, line 2, column 2: question 1 occurs a second time");
    Path bare = file("bare.json", "[{\"question_id\": 1}]");
    assertThatThrownBy(() -> VqaFiles.readResults(bare))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"answer\" of question 1 is missing");
  }
}
