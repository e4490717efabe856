package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CaptionFilesTest {

  private static final String COCO =
      """
      {"info": {"year": 2017, "authors": ["a", {"b": 1}]},
       "annotations": [
        {"image_id": 2, "id": 10, "caption": "a dog"},
        {"image_id": 1, "id": 11, "caption": "a cat"},
        {"image_id": 2, "id": 12, "caption": "a brown dog"}],
       "images": [{"id": 1, "file_name": "1.jpg"}, {"id": 2}, {"id": 3}]}
      """;

  @TempDir private Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
  }

  @Test
  void readsCocoAnnotations() throws IOException {
    assertThat(CaptionFiles.readReferences(file("refs.json", COCO)))
        .containsExactly(
            Map.entry("2", List.of("a dog", "a brown dog")), Map.entry("1", List.of("a cat")));
  }

  @Test
  void readsGzipAndAByteOrderMark() throws IOException {
    Path zipped = folder.resolve("refs.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(COCO.getBytes(StandardCharsets.UTF_8));
    }
    Map<String, List<String>> plain = CaptionFiles.readReferences(file("refs.json", COCO));
    assertThat(CaptionFiles.readReferences(zipped)).isEqualTo(plain);
    assertThat(CaptionFiles.readReferences(file("bom.json", "\uFEFF" + COCO))).isEqualTo(plain);
  }

  @Test
  void readsResultsWithNumbersOrTextsAsIds() throws IOException {
    String json =
        """
        [{"image_id": 391895, "caption": "caf\\u00e9"}, {"caption": "b", "image_id": "x.jpg", "score": -1.5e0}]
        """;
    assertThat(CaptionFiles.readResults(file("results.json", json)))
        .containsExactly(Map.entry("391895", "café"), Map.entry("x.jpg", "b"));
  }

  @Test
  void readsJsonLines() throws IOException {
    String lines =
        """
        {"image": "a/b.jpg", "caption": "a dog", "score": -0.5}

        {"image_id": 7, "image": "c.jpg", "caption": "a cat"}
        """;
    Path path = file("results.jsonl", lines);
    assertThat(CaptionFiles.readResults(path))
        .containsExactly(Map.entry("a/b.jpg", "a dog"), Map.entry("7", "a cat"));
    assertThat(
            CaptionFiles.readReferences(
                file("refs.jsonl", lines + "{\"image\": \"a/b.jpg\", \"caption\": \"a wolf\"}")))
        .containsEntry("a/b.jpg", List.of("a dog", "a wolf"));
  }

  @Test
  void readsBothFilesAndChecksThem() throws IOException {
    Path references = file("refs.json", COCO);
    Path results = file("results.json", "[{\"image_id\": 2, \"caption\": \"dog\"}]");
    assertThatThrownBy(() -> CaptionFiles.read(references, results, Evaluated.REFERENCES))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("results.json: 1 of 2 images of ")
        .hasMessageContaining("refs.json have no result, the first is 1");
    CaptionFiles.Captions captions = CaptionFiles.read(references, results, Evaluated.RESULTS);
    assertThat(captions.results()).containsExactly(Map.entry("2", "dog"));
    Path strange = file("strange.json", "[{\"image_id\": 3, \"caption\": \"dog\"}]");
    assertThatThrownBy(() -> CaptionFiles.read(references, strange, Evaluated.RESULTS))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("strange.json: image 3 has a result but no references in");
  }

  static Stream<Arguments> badResults() {
    return Stream.of(
        Arguments.of("[{\"image_id\": 1,\n \"caption\": \"a}]", "line 2, column", "not valid JSON"),
        Arguments.of("[{\"image_id\": 1, \"caption\": \"a\"}", "line 1", "not valid JSON"),
        Arguments.of("nonsense", "line 1, column", "not valid JSON"),
        Arguments.of("", "line 1", "no captions"),
        Arguments.of("[]", "line 1", "no captions"),
        Arguments.of("3", "line 1, column 1", "expected an object but found 3"),
        Arguments.of("[{\"caption\": \"a\"}]", "line 1, column 2", "\"image_id\" is missing"),
        Arguments.of(
            "[\n{\"image_id\": 5}]", "line 2, column 1", "\"caption\" of image 5 is missing"),
        Arguments.of(
            "[{\"image_id\": 5, \"caption\": \"a\"},\n{\"image_id\": \"5\", \"caption\": \"b\"}]",
            "line 2, column 1",
            "image 5 has a second caption"),
        Arguments.of(
            "[{\"image_id\": 5, \"caption\": null}]",
            "line 1",
            "\"caption\" must be a text but is null"),
        Arguments.of(
            "[{\"image_id\": 1.5, \"caption\": \"a\"}]",
            "line 1",
            "\"image_id\" must be a whole number or a text but is 1.5"),
        Arguments.of(
            "[{\"image_id\": 1, \"caption\": \"a\"}]\n[]",
            "line 2",
            "expected the end of the file"),
        Arguments.of("{\"images\": [], \"annotations\": []}", "line 1", "annotation file"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("badResults")
  void badResultsAreOneSentence(String content, String place, String problem) throws IOException {
    Path path = file("results.json", content);
    assertThatThrownBy(() -> CaptionFiles.readResults(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(place)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> badReferences() {
    return Stream.of(
        Arguments.of(COCO.replace("\"image_id\": 1,", "\"image_id\": 9,"), "line 4", "image 9"),
        Arguments.of(COCO.replace("\"id\": 11", "\"id\": 10"), "line 4", "annotation id 10"),
        Arguments.of(COCO.replace("{\"id\": 3}", "{\"id\": 2}"), "line 6", "image 2 is listed"),
        Arguments.of(COCO.replace("{\"id\": 3}", "{\"name\": 2}"), "line 6", "\"id\" of the image"),
        Arguments.of("{\"annotations\": {}}", "line 1", "expected a list but found an object"),
        Arguments.of("{\"annotations\": []}", "line 1", "no captions"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("badReferences")
  void badReferencesAreOneSentence(String content, String place, String problem)
      throws IOException {
    Path path = file("refs.json", content);
    assertThatThrownBy(() -> CaptionFiles.readReferences(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(place)
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void textInAnotherEncodingIsRefused() throws IOException {
    Path path = folder.resolve("latin.json");
    Files.write(
        path,
        "[{\"image_id\": 1, \"caption\": \"caf\u00e9\"}]".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CaptionFiles.readResults(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("latin.json: not UTF-8 text");
  }

  @Test
  void missingAndDamagedFiles() throws IOException {
    assertThatThrownBy(() -> CaptionFiles.readResults(folder.resolve("none.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.json: there is no such file");
    Path cut = folder.resolve("cut.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      out.write(COCO.getBytes(StandardCharsets.UTF_8));
    }
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> CaptionFiles.readReferences(cut))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cut.json.gz: the gzip data is damaged");
  }

  @Test
  void documentFrequenciesSurviveAFile() throws IOException {
    Map<String, List<String>> references = CaptionFiles.readReferences(file("refs.json", COCO));
    DocumentFrequencies table =
        DocumentFrequencies.ofReferences("coco", references, CaptionTokens.PTB);
    assertThat(table.counts())
        .containsEntry("a", 2)
        .containsEntry("dog", 1)
        .containsEntry("a brown dog", 1)
        .hasSize(9);
    Path path = folder.resolve("df.json");
    table.write(path);
    DocumentFrequencies read = DocumentFrequencies.read(path);
    assertThat(read.images()).isEqualTo(2);
    assertThat(read.counts()).isEqualTo(table.counts());
    assertThat(read.name()).isEqualTo(path.toString());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(path, folder.resolve("refs.json"));
    }
  }

  static Stream<Arguments> badTables() {
    return Stream.of(
        Arguments.of("{\"images\": 2, \"ngrams\": {\"a\": 3}}", "counted in 3 images"),
        Arguments.of("{\"images\": 0, \"ngrams\": {\"a\": 0}}", "at least one image"),
        Arguments.of("{\"images\": 2, \"ngrams\": {\"a b c d e\": 1}}", "more than 4 words"),
        Arguments.of("{\"images\": 2, \"ngrams\": {\"a\": -1}}", "must be a whole number"),
        Arguments.of("{\"ngrams\": {\"a\": 1}}", "expected {\"images\""));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badTables")
  void badTablesAreOneSentence(String content, String problem) throws IOException {
    Path path = file("df.json", content);
    assertThatThrownBy(() -> DocumentFrequencies.read(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(problem);
  }
}
