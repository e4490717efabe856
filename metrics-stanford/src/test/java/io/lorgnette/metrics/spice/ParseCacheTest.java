package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParseCacheTest {

  private static final List<Sentence> PARSE =
      List.of(
          Sentences.of("a/a/DT dog/dog/NN", "root(0, 2)", "det(2, 1)"),
          Sentences.of("naïve/naïve/JJ \ud83d\ude00/\ud83d\ude00/NN", "root(0, 2)", "amod(2, 1)"));

  @TempDir private Path folder;

  private ParseCache open(int captions) {
    return ParseCache.open(folder.resolve("spice"), "parser", captions);
  }

  private Path file() {
    return folder.resolve("spice").resolve("parser.parses");
  }

  @Test
  void whatWasWrittenIsThereAgain() {
    ParseCache cache = open(10);
    assertThat(cache.get("a dog")).isEmpty();
    cache.put("a dog", PARSE);
    cache.put("", List.of());
    assertThat(cache.unwritten()).isEqualTo(2);
    cache.write();
    assertThat(cache.unwritten()).isZero();
    ParseCache again = open(10);
    assertThat(again.size()).isEqualTo(2);
    assertThat(again.get("a dog")).contains(PARSE);
    assertThat(again.get("")).contains(List.of());
  }

  @Test
  void nothingNewIsNotWritten() {
    open(10).write();
    assertThat(file()).doesNotExist();
  }

  @Test
  void theLatestAreKept() {
    ParseCache cache = open(2);
    Stream.of("one", "two", "three").forEach(caption -> cache.put(caption, PARSE));
    assertThat(cache.get("one")).isEmpty();
    assertThat(cache.get("three")).isPresent();
    cache.write();
    assertThat(open(1).get("two")).isEmpty();
    assertThat(open(1).get("three")).contains(PARSE);
  }

  @Test
  void aFileIsReplacedWhole() throws Exception {
    ParseCache cache = open(10);
    cache.put("one", PARSE);
    cache.write();
    cache.put("two", PARSE);
    cache.write();
    assertThat(open(10).size()).isEqualTo(2);
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void damageIsOneSentenceAtEveryByte() throws Exception {
    ParseCache cache = open(10);
    cache.put("a dog", PARSE);
    cache.write();
    byte[] good = Files.readAllBytes(file());
    int refused = 0;
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x20;
      Files.write(file(), bad);
      try {
        assertThat(open(10).get("a dog")).contains(PARSE);
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("parser.parses").hasMessageContaining("delete it");
        refused++;
      }
    }
    // Some bytes of gzip's header mean nothing.
    assertThat(refused).isGreaterThan(good.length - 12);
    for (int length : new int[] {0, 5, good.length / 2, good.length - 9}) {
      Files.write(file(), Arrays.copyOf(good, length));
      assertThatThrownBy(() -> open(10))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("delete it");
    }
  }

  @Test
  void aFolderThatCanNotBeMadeIsOneSentence() throws Exception {
    Path occupied = Files.writeString(folder.resolve("occupied"), "");
    ParseCache cache = ParseCache.open(occupied, "parser", 10);
    cache.put("a dog", PARSE);
    assertThatThrownBy(cache::write)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("occupied")
        .hasMessageContaining("XDG_CACHE_HOME");
  }
}
