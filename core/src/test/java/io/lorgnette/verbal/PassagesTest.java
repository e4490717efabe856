package io.lorgnette.verbal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retrieval from a corpus of a few lines. */
class PassagesTest {

  private static final String CORPUS =
      """
      {"id": "boat", "text": "Boats are sailed on rivers and on the sea."}
      {"id": "horse", "text": "A horse eats grass and can be ridden."}

      {"id": 3, "text": "Grass is green, and the sea is blue."}
      """;

  @TempDir Path folder;

  private Path corpus(String text) throws IOException {
    return Files.writeString(folder.resolve("corpus.jsonl"), text);
  }

  private static List<String> ids(Passages passages, String query, int count) {
    return passages.search(query, count).stream().map(Passages.Passage::id).toList();
  }

  @Test
  void findsByStemsTheRarestWordsFirst() throws Exception {
    try (Passages passages = Passages.open(corpus(CORPUS), folder.resolve("indexes"))) {
      assertThat(passages.count()).isEqualTo(3);
      assertThat(ids(passages, "Who is riding horses on the grass?", 3))
          .containsExactly("horse", "3");
      assertThat(ids(passages, "a sailing boat at sea", 2)).containsExactly("boat", "3");
      assertThat(ids(passages, "a sailing boat at sea", 1)).containsExactly("boat");
      assertThat(passages.search("boats", 1).get(0).text())
          .isEqualTo("Boats are sailed on rivers and on the sea.");
      assertThat(passages.search("the of and", 3)).isEmpty();
      assertThat(passages.search("", 3)).isEmpty();
      assertThat(ids(passages, "text:(* AND \"boat \\", 3)).containsExactly("boat");
    }
  }

  @Test
  void theIndexIsMadeOnceForACorpus() throws Exception {
    Path indexes = folder.resolve("indexes");
    Path file = corpus(CORPUS);
    String identity;
    try (Passages passages = Passages.open(file, indexes)) {
      identity = passages.identity();
    }
    var made = Files.getLastModifiedTime(indexes.resolve(identity));
    try (Passages passages = Passages.open(file, indexes)) {
      assertThat(ids(passages, "horse", 1)).containsExactly("horse");
    }
    assertThat(Files.getLastModifiedTime(indexes.resolve(identity))).isEqualTo(made);
    try (Passages other =
        Passages.open(corpus("{\"id\": \"x\", \"text\": \"a horse\"}"), indexes)) {
      assertThat(ids(other, "horse", 1)).containsExactly("x");
    }
    try (Stream<Path> all = Files.list(indexes)) {
      assertThat(all).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no JSON",
        "[]",
        "{\"id\": \"a\"}",
        "{\"text\": \"a\"}",
        "{\"id\": [], \"text\": \"a\"}"
      })
  void brokenLinesAreNamed(String line) throws Exception {
    Path file = corpus("{\"id\": \"a\", \"text\": \"fine\"}\n" + line + "\n");
    assertThatThrownBy(() -> Passages.open(file, folder.resolve("indexes")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("corpus.jsonl, line 2");
    try (Stream<Path> all = Files.list(folder.resolve("indexes"))) {
      assertThat(all).as("nothing half made is left").isEmpty();
    }
  }

  @Test
  void anEmptyCorpusIsSaid() throws Exception {
    Path file = corpus("\n");
    assertThatThrownBy(() -> Passages.open(file, folder.resolve("indexes")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no passage");
    assertThatThrownBy(() -> Passages.open(folder.resolve("absent"), folder.resolve("indexes")))
        .isInstanceOf(InputException.class);
  }
}
