package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** COCO captions, VQA, and both together as postcards have them. */
class CocoTest {
  private static final String CAPTIONS =
      """
      {"info": {"images": [1, 2]},
       "images": [
        {"id": 7, "file_name": "b.jpg", "width": 3},
        {"id": 5, "file_name": "a.jpg"}],
       "annotations": [
        {"id": 1, "image_id": 5, "caption": "Ein grüner Frosch.\\n"},
        {"id": 2, "image_id": 7, "caption": "a kite "},
        {"id": 3, "image_id": 5, "caption": "😀 frog"}]}
      """;
  private static final String SPEC =
      "{kind: coco-captions, captions: c.json, images: [photos], name: mine}";

  @TempDir Path folder;
  private final Problems problems = Problems.collecting();
  private NativeFiles files;

  @BeforeEach
  void writeFiles() {
    files = new NativeFiles(folder).text("c.json", CAPTIONS).photos("photos", "a.jpg", "b.jpg");
  }

  @Test
  void readsImagesInTheOrderOfTheFileWithTheirCaptionsUnchanged() {
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.examples().map(Example::id)).containsExactly("7", "5");
      assertThat(data.example(0).captions()).containsExactly("a kite ");
      assertThat(data.example(1).captions()).containsExactly("Ein grüner Frosch.\n", "😀 frog");
      assertThat(data.example(1).image().bytes()).asString().isEqualTo("photo a.jpg");
      assertThat(data.captionCount()).isEqualTo(3);
      assertThat(data.captionCount(1)).isEqualTo(2);
      assertThat(data.name()).isEqualTo("mine");
      assertThat(problems.count()).isZero();
    }
  }

  @Test
  void theOrderOfTheListsAndAByteOrderMarkDoNotMatter() {
    int images = CAPTIONS.indexOf(" \"images\": [\n");
    int annotations = CAPTIONS.indexOf(" \"annotations\"");
    String captions = CAPTIONS.substring(annotations, CAPTIONS.lastIndexOf('}'));
    String swapped =
        "\uFEFF{" + captions + "," + CAPTIONS.substring(images, annotations).strip() + "\"x\": 1}";
    files.text("c.json", swapped);
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.examples().map(Example::id)).containsExactlyInAnyOrder("7", "5");
      assertThat(data.example(0).captions()).containsExactly("Ein grüner Frosch.\n", "😀 frog");
    }
  }

  @Test
  void gzipIsReadTransparently() {
    byte[] packed = NativeFiles.gzip(CAPTIONS.getBytes(StandardCharsets.UTF_8));
    files.bytes("d.json.gz", packed);
    try (Dataset data = files.open(SPEC.replace("c.json", "d.json"), problems);
        Dataset named = files.open(SPEC.replace("c.json", "d.json.gz"), problems)) {
      assertThat(data.example(1).captions()).hasSize(2);
      assertThat(named.example(1).captions()).isEqualTo(data.example(1).captions());
    }
    files.bytes("d.json.gz", Arrays.copyOf(packed, packed.length - 12));
    assertThatThrownBy(() -> files.open(SPEC.replace("c.json", "d.json"), problems))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("d.json.gz: the gzip data are broken or cut off");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id": 2, "image_id": 7, "caption": "again"}   | DUPLICATE     | line 9, annotations[3]: the caption id 2 was there before.
          {"id": 9, "image_id": 8, "caption": "lost"}    | UNKNOWN_IMAGE | c.json: image_id 8 of 1 captions is not among the images.
          {"id": 9, "image_id": 7, "caption": " . "}     | NO_TEXT       | line 9, annotations[3]: the caption has no words.
          {"id": 9, "image_id": 7, "caption": 5}         | BROKEN_RECORD | line 9, annotations[3]: expected a caption with image_id and caption.
          {"id": 9, "caption": "whose"}                  | BROKEN_RECORD | line 9, annotations[3]: expected a caption with image_id and caption.
          [1]                                            | BROKEN_RECORD | line 9, annotations[3]: not an object in braces.
          """)
  void leavesOutAndReportsBadCaptions(String record, Kind kind, String sentence) {
    files.text("c.json", CAPTIONS.replace("frog\"}]}", "frog\"},\n" + record + "]}"));
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.size()).isEqualTo(2);
      assertThat(data.captionCount()).isEqualTo(3);
    }
    assertThat(problems.count(kind)).isEqualTo(1);
    assertThat(problems.kept().get(0).toString()).endsWith(sentence);
    assertThatThrownBy(() -> files.open(SPEC, Problems.strict()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"id": 7, "file_name": "c.jpg"}               | DUPLICATE
          {"id": 8}                                     | BROKEN_RECORD
          {"id": 8, "file_name": "../../secret.jpg"}    | BROKEN_RECORD
          {"id": 8, "file_name": "/etc/secret.jpg"}     | BROKEN_RECORD
          {"id": 8, "file_name": "C:\\\\secret.jpg"}    | BROKEN_RECORD
          {"id": 8, "file_name": "c.jpg"}               | NO_TEXT
          """)
  void leavesOutAndReportsBadImages(String record, Kind kind) {
    files.text("c.json", CAPTIONS.replace("\"a.jpg\"}]", "\"a.jpg\"}," + record + "]"));
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.size()).isEqualTo(2);
    }
    assertThat(problems.kept()).extracting(Problem::kind).containsExactly(kind);
  }

  @Test
  void missingImagesAreCountedUnlessToldOtherwise() {
    files.text("c.json", CAPTIONS.replace("\"file_name\": \"a.jpg\"", "\"file_name\": \"z.jpg\""));
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.examples().map(Example::id)).containsExactly("7");
    }
    assertThat(problems.kept())
        .containsExactly(
            new Problem(
                "mine",
                Kind.MISSING_IMAGE,
                "z.jpg",
                "the image is not in folder " + folder.resolve("photos") + "."));
    String present = SPEC.replace("name:", "present_images_only: true, name:");
    try (Dataset data = files.open(present, Problems.strict())) {
      assertThat(data.size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"images\": []}",
        "{\"images\": [], \"annotations\": {}}",
        "{\"images\": [], \"annotations\": [",
        "{\"images\": [], \"annotations\": [{\"id\": }]}",
        "{\"images\": [], \"annotations\": []} and more",
        "",
      })
  void filesThatAreNoJsonStopTheRun(String text) {
    files.text("c.json", text);
    assertThatThrownBy(() -> files.open(SPEC, problems))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("c.json");
  }

  @Test
  void brokenJsonIsNamedByLine() {
    files.text("c.json", CAPTIONS.replace("\"a kite \"", "\"a kite"));
    assertThatThrownBy(() -> files.open(SPEC, problems))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            ".*c\\.json, line 7, column \\d+: broken JSON \\(.*\\); mend it or fetch it again\\.");
  }

  // ---- VQA ----

  private static final String QUESTIONS =
      """
      {"data_subtype": "val2014", "questions": [
        {"question_id": 70, "image_id": 7, "question": "How many kites?"},
        {"question_id": 50, "image_id": 5, "question": "Is it green?"},
        {"question_id": 71, "image_id": 7, "question": "What flies?"}]}
      """;
  private static final String ANSWERS =
      """
      {"annotations": [
        {"question_id": 71, "question_type": "what", "answer_type": "other",
         "answers": [{"answer": "kite", "answer_id": 1}, {"answer": "bird", "answer_id": 2},
                     {"answer": "bird", "answer_id": 3}]},
        {"question_id": 50, "answers": [{"answer": "yes"}]},
        {"question_id": 70, "answer_type": "number", "answers": [{"answer": "2"}]}]}
      """;
  private static final String VQA =
      "{kind: vqav2, questions: q.json, annotations: a.json, images: [photos], split: val}";

  private void writeVqa() {
    files
        .text("q.json", QUESTIONS)
        .text("a.json", ANSWERS)
        .photos("photos", "COCO_val2014_000000000005.jpg", "COCO_val2014_000000000007.jpg");
  }

  @Test
  void joinsAnswersByQuestionId() {
    writeVqa();
    try (Dataset data = files.open(VQA, Problems.strict())) {
      Example first = data.example(0);
      assertThat(first.id()).isEqualTo("7");
      assertThat(first.image().bytes()).asString().isEqualTo("photo COCO_val2014_000000000007.jpg");
      assertThat(first.questions())
          .containsExactly(
              new Question("70", "How many kites?", "", "number", List.of("2")),
              new Question("71", "What flies?", "what", "other", List.of("kite", "bird", "bird")));
      assertThat(first.questions().get(1).commonAnswer()).contains("bird");
      assertThat(data.questionCount()).isEqualTo(3);
      assertThat(data.questionCount(1)).isEqualTo(1);
    }
  }

  @Test
  void testQuestionsHaveNoAnswers() {
    writeVqa();
    try (Dataset data = files.open(VQA.replace("a.json", "''"), Problems.strict())) {
      assertThat(data.example(1).questions())
          .containsExactly(new Question("50", "Is it green?", "", "", List.of()));
      assertThat(data.example(1).questions().get(0).commonAnswer()).isEmpty();
    }
  }

  @Test
  void questionsAndAnswersThatDoNotMeetAreReported() {
    writeVqa();
    files.text("q.json", QUESTIONS.replace("\"question_id\": 50", "\"question_id\": 70"));
    files.text("a.json", ANSWERS.replace("\"question_id\": 71", "\"question_id\": 70"));
    try (Dataset data = files.open(VQA, problems)) {
      assertThat(data.questionCount()).isEqualTo(1);
    }
    assertThat(problems.kept())
        .extracting(Problem::sentence)
        .containsExactly(
            "question_id 70 was there before.",
            "question_id 50 is not in " + folder.resolve("q.json") + ".",
            "question_id 70 was there before.",
            "question_id 71 has no answers in " + folder.resolve("a.json") + ".");
  }

  @Test
  void imageNamesFollowTheRecipe() {
    writeVqa();
    files.photos("photos", "7.jpg", "5.jpg");
    String plain = VQA.replace("split:", "image_name: '{id}.jpg', split:");
    try (Dataset data = files.open(plain, Problems.strict())) {
      assertThat(data.image(1).name()).isEqualTo("5.jpg");
    }
    files.text("q.json", QUESTIONS.replace("\"data_subtype\": \"val2014\", ", ""));
    assertThatThrownBy(() -> files.open(VQA, problems))
        .hasMessageContaining("there is no data_subtype, so image names can not follow");
    assertThatThrownBy(() -> files.open(plain.replace("{id}", "{idd}"), problems))
        .hasMessageContaining("image_name must be a file name with {id} or {id:12} in it");
    assertThatThrownBy(() -> files.open(plain.replace("{id}", "../{id}"), problems))
        .isInstanceOf(InputException.class);
  }

  @Test
  void postcardsHaveCaptionsAndQuestionsOverTheSameImages() {
    files
        .text("captions_val.json", CAPTIONS)
        .text("questions_val.json", QUESTIONS.replace("70, \"image_id\": 7", "70, \"image_id\": 9"))
        .text("annotations_val.json", ANSWERS)
        .photos("val", "a.jpg", "b.jpg");
    try (Dataset data = files.open("{kind: postcards, split: val}", problems)) {
      assertThat(data.example(0).captions()).containsExactly("a kite ");
      assertThat(data.example(0).questions()).extracting(Question::id).containsExactly("71");
      assertThat(data.example(1).questions()).extracting(Question::id).containsExactly("50");
    }
    assertThat(problems.count(Kind.UNKNOWN_IMAGE)).isEqualTo(1);
  }
}
