package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Document.Placed;
import io.lorgnette.error.InputException;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents with images between their sentences. */
class InterleavedTest {

  private static final String KIND = "{kind: interleaved, file: d.jsonl, images: [p]}";

  /** The first two pairs have the larger sum together, though 0.9 is the largest of all. */
  private static final String TWO =
      "{\"text_list\": [\"A pond.\", \"A frog sits.\", \"It leaps.\"], \"image_info\":"
          + " [{\"image_name\": \"a.jpg\"}, {\"image_name\": \"b.jpg\"}], \"similarity_matrix\":"
          + " [[0.1, 0.9, 0.8], [0.2, 0.85, 0.1]]}\n";

  @TempDir Path folder;
  private final Problems problems = Problems.collecting();
  private NativeFiles files;

  @BeforeEach
  void writePhotos() {
    files = new NativeFiles(folder).photos("p", "a.jpg", "b.jpg", "c.jpg");
  }

  private static String matched(String images) {
    return "{\"text_list\": [\"One.\", \"Two.\", \" \"], \"image_info\": [" + images + "]}\n";
  }

  private static String image(String name, int sentence, String similarity) {
    return "{\"image_name\": \""
        + name
        + "\", \"matched_text_index\": "
        + sentence
        + (similarity.isEmpty() ? "" : ", \"matched_sim\": " + similarity)
        + "}";
  }

  @Test
  void imagesStandBeforeTheSentencesOfTheBestPairing() {
    files.text("d.jsonl", TWO);
    try (Dataset data = files.open(KIND, Problems.strict())) {
      assertThat(data.documentCount()).isEqualTo(1);
      assertThat(data.imagesOf(0)).isEqualTo(2);
      Document document = data.document(0);
      assertThat(document.id()).isEqualTo("d:1");
      assertThat(document.sentences()).containsExactly("A pond.", "A frog sits.", "It leaps.");
      assertThat(document.images()).containsExactly(new Placed(0, 1), new Placed(1, 2));
      assertThat(data.image(0).name()).isEqualTo("b.jpg");
      assertThat(data.image(1).name()).isEqualTo("a.jpg");
      assertThat(data.example(1).captions()).containsExactly("It leaps.");
      assertThat(data.captionCount()).isEqualTo(2);
    }
  }

  @Test
  void imagesThatAreNotThereArePairedWithNothing() {
    files.text("d.jsonl", TWO.replace("b.jpg", "gone.jpg"));
    try (Dataset data = files.open(KIND, problems)) {
      assertThat(data.document(0).images()).containsExactly(new Placed(0, 1));
      assertThat(data.image(0).name()).isEqualTo("a.jpg");
    }
    assertThat(problems.summary()).isEqualTo("1 missing images");
  }

  @Test
  void withoutTheMatrixTheFilesOwnMatchesCount() {
    files.text(
        "d.jsonl",
        matched(image("a.jpg", 1, "0.3") + "," + image("b.jpg", 0, "0.24"))
            + matched(image("a.jpg", 0, "0.3") + "," + image("b.jpg", 1, "0.23"))
            + matched(image("a.jpg", 1, "0.3") + "," + image("b.jpg", 1, "0.4"))
            + matched(image("a.jpg", 2, "0.9") + "," + image("c.jpg", 0, ""))
            + matched(""));
    try (Dataset data = files.open(KIND, Problems.strict())) {
      assertThat(IntStream.range(0, data.size()).mapToObj(i -> data.image(i).name()))
          .containsExactly("b.jpg", "a.jpg", "a.jpg", "b.jpg", "c.jpg");
      assertThat(IntStream.range(0, data.documentCount()).mapToObj(i -> data.document(i).images()))
          .containsExactly(
              List.of(new Placed(0, 0), new Placed(1, 1)),
              List.of(new Placed(2, 0)),
              List.of(new Placed(3, 1)),
              List.of(new Placed(4, 0)));
    }
  }

  @Test
  void theThresholdIsTheRecipes() {
    files.text("d.jsonl", TWO);
    try (Dataset data =
        files.open(KIND.replace("images", "similarity: 0.81, images"), Problems.strict())) {
      assertThat(data.document(0).images()).containsExactly(new Placed(0, 1));
    }
    assertThatThrownBy(
            () -> files.open(KIND.replace("images", "similarity: 0.9, images"), Problems.strict()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Data set interleaved: none of the 2 images of 1 documents is as near to a sentence as"
                + " 0.9; lower similarity in the recipe.");
  }

  @Test
  void severalFilesTarAndZipAreRead() {
    files
        .text("docs/1.jsonl", TWO)
        .text("docs/2.jsonl", TWO.replace("a.jpg", "y.jpg").replace("b.jpg", "z.jpg"))
        .tar("y.tar", "y.jpg", "photo y")
        .zip("z.zip", "z.jpg", "photo z");
    String kind = "{kind: interleaved, file: docs/*.jsonl, images: [p, y.tar, z.zip]}";
    try (Dataset data = files.open(kind, Problems.strict())) {
      assertThat(data.documentCount()).isEqualTo(2);
      assertThat(data.document(1).id()).isEqualTo("2:1");
      assertThat(data.image(2).bytes()).asString().isEqualTo("photo z");
      assertThat(data.image(3).bytes()).asString().isEqualTo("photo y");
      assertThat(data.fingerprint().files()).containsOnlyKeys("1.jsonl", "2.jsonl");
    }
  }

  @Test
  void documentsAreDrawnAndHeldOutWhole() {
    files.text("d.jsonl", TWO.repeat(40));
    Set<String> seen = new HashSet<>();
    List<Integer> counts = new ArrayList<>();
    for (String side : List.of("rest", "held")) {
      String kind =
          KIND.replace("images", "hold_out: {fraction: 0.25, side: " + side + "}, images");
      try (Dataset data = files.open(kind, Problems.strict())) {
        counts.add(data.documentCount());
        for (int i = 0; i < data.documentCount(); i++) {
          assertThat(data.imagesOf(i)).isEqualTo(2);
          assertThat(seen.add(data.document(i).id())).isTrue();
        }
      }
    }
    assertThat(counts).containsExactly(30, 10);
    assertThat(seen).hasSize(40);
  }

  @Test
  void imagesThatStandAloneAreInNoDocument() {
    files.text("x.jsonl", "{\"image\": \"a.jpg\", \"caption\": \"one\"}");
    try (Dataset data =
        files.open("{kind: jsonl, file: x.jsonl, images: [p]}", Problems.strict())) {
      assertThat(data.documentCount()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                   | expected a JSON object with a list text_list of texts and a list image_info of objects with the relative path image_name.
          {"text_list": ["x"]}                | expected a JSON object with a list text_list of texts and a list image_info of objects with the relative path image_name.
          {"text_list": ["x", 3], "image_info": []} | expected a JSON object with a list text_list of texts and a list image_info of objects with the relative path image_name.
          {"text_list": ["x"], "image_info": [{"image_name": "../a.jpg"}]} | expected a JSON object with a list text_list of texts and a list image_info of objects with the relative path image_name.
          {"text_list": ["x"], "image_info": [{"image_name": "a.jpg"}]} | there is no similarity_matrix, and matched_text_index of image 0 is not the number of a sentence, 0 to 0.
          {"text_list": ["x"], "image_info": [{"image_name": "a.jpg", "matched_text_index": 1}]} | there is no similarity_matrix, and matched_text_index of image 0 is not the number of a sentence, 0 to 0.
          {"text_list": ["x"], "image_info": [{"image_name": "a.jpg", "matched_text_index": 0, "matched_sim": "near"}]} | matched_sim of image 0 is not a number.
          {"text_list": ["x"], "image_info": [{"image_name": "a.jpg"}], "similarity_matrix": [[1, 2]]} | similarity_matrix is not 1 rows, one for each image, of 1 numbers, one for each sentence.
          {"text_list": ["x"], "image_info": [{"image_name": "a.jpg"}], "similarity_matrix": [[1e999]]} | similarity_matrix is not 1 rows, one for each image, of 1 numbers, one for each sentence.
          """)
  void whatIsWrongWithALineIsSaidInOneSentence(String line, String sentence) {
    files.text("d.jsonl", TWO + line + "\n");
    try (Dataset data = files.open(KIND, problems)) {
      assertThat(data.documentCount()).isEqualTo(1);
    }
    assertThat(problems.kept().stream().map(Problem::toString))
        .containsExactly(folder + File.separator + "d.jsonl, line 2: " + sentence);
    assertThatThrownBy(() -> files.open(KIND, Problems.strict()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("d.jsonl, line 2");
  }

  @Test
  void tooManyImagesAreRefused() {
    String images =
        String.join(",", IntStream.range(0, 257).mapToObj(i -> image("a.jpg", 0, "")).toList());
    files.text("d.jsonl", TWO + matched(images));
    try (Dataset data = files.open(KIND, problems)) {
      assertThat(data.documentCount()).isEqualTo(1);
    }
    assertThat(problems.kept().get(0).sentence())
        .isEqualTo("the document has more than 256 images.");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> files.open(KIND, problems))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Data set interleaved: the documents are missing; expected at "
                + folder.resolve("d.jsonl")
                + "; fetch them, or name another path in the recipe.");
  }

  @Test
  void aFileThatChangesWhileInUseIsNamed() {
    files.text("d.jsonl", TWO);
    try (Dataset data = files.open(KIND, Problems.strict())) {
      files.text("d.jsonl", TWO.replace("\"A pond.\"", "1234567 "));
      assertThatThrownBy(() -> data.document(0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("d.jsonl has changed while it was in use; start again.");
    }
  }
}
