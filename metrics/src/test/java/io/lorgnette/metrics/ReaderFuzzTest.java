package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A damaged file is read or refused in a sentence; nothing else happens. */
class ReaderFuzzTest {

  /**
   * A reader of files.
   *
   * @param name for people
   * @param read the reader
   * @param valid a file that it reads
   */
  private record Reader(String name, Function<Path, Object> read, String valid) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Reader> readers() {
    return Stream.of(
        new Reader(
            "references",
            CaptionFiles::readReferences,
            "{\"images\": [{\"id\": 1, \"w\": 2.5e3}], \"annotations\": [{\"id\": 7, \"image_id\": 1,"
                + " \"caption\": \"a \\u00e9 dog\"}], \"info\": null}"),
        new Reader(
            "reference lines",
            CaptionFiles::readReferences,
            "{\"image\": \"a.jpg\", \"caption\": \"a dog\"}\n{\"image\": \"b\", \"caption\": \"x\"}\n"),
        new Reader(
            "results",
            CaptionFiles::readResults,
            "[{\"image_id\": 1, \"caption\": \"a dog\"}, {\"image_id\": 2, \"caption\": \"é\"}]"),
        new Reader(
            "result lines",
            CaptionFiles::readResults,
            "{\"image\": \"a.jpg\", \"caption\": \"a dog\", \"x\": []}\n"),
        new Reader(
            "questions",
            VqaFiles::readQuestions,
            "{\"questions\": [{\"question_id\": 5, \"image_id\": 3, \"question\": \"what\"}]}"),
        new Reader(
            "annotations",
            VqaFiles::readAnnotations,
            "{\"annotations\": [{\"question_id\": 5, \"image_id\": 3, \"question_type\": \"what\","
                + " \"answer_type\": \"other\", \"answers\": [{\"answer\": \"boat\", \"answer_id\":"
                + " 1}]}]}"),
        new Reader(
            "answers", VqaFiles::readResults, "[{\"question_id\": 5, \"answer\": \"boat\"}]"),
        new Reader(
            "frequencies",
            DocumentFrequencies::read,
            "{\"images\": 3, \"ngrams\": {\"a\": 3, \"a dog\": 1}}"));
  }

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("readers")
  void damagedFilesAreReadOrRefused(Reader reader) throws IOException {
    Path file = folder.resolve("file.json");
    byte[] valid = reader.valid().getBytes(StandardCharsets.UTF_8);
    Files.write(file, valid);
    assertThat(reader.read().apply(file)).isNotNull();
    long seed = 17;
    Random random = new Random(seed);
    int refused = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = damage(valid, random);
      Files.write(file, damaged);
      try {
        assertThat(reader.read().apply(file)).isNotNull();
      } catch (InputException e) {
        assertThat(e).hasMessageContaining("file.json");
        assertThat(e.getMessage().lines()).hasSize(1);
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed "
                + seed
                + ", trial "
                + trial
                + ": "
                + new String(damaged, StandardCharsets.UTF_8),
            e);
      }
    }
    assertThat(refused).isGreaterThan(90);
  }

  private static byte[] damage(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    String marks = "\"{}[],:0-9.eE\\n\n\ttrue null\u0000";
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) marks.charAt(random.nextInt(marks.length()));
        case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        default -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(8), bytes.length - Math.max(at, from));
          System.arraycopy(bytes.clone(), from, bytes, at, length);
        }
      }
    }
    return bytes;
  }
}
