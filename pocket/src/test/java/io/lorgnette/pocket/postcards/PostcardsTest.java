package io.lorgnette.pocket.postcards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Example;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Question;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.pocket.postcards.Postcards.Progress;
import io.lorgnette.pocket.postcards.Postcards.Sizes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostcardsTest {

  private static final Sizes FEW = new Sizes(12, 3, 5);
  private static final Progress QUIET = (done, total) -> {};

  @TempDir Path cache;

  @Test
  void theOrdinaryLoaderReadsWhatIsWritten() throws Exception {
    List<Integer> heard = new ArrayList<>();
    Path root =
        Postcards.writeTo(
            cache.resolve("new"),
            FEW,
            1,
            (done, total) -> {
              assertThat(total).isEqualTo(20);
              heard.add(done);
            });
    assertThat(heard).hasSize(20).isSorted().endsWith(20);
    Problems problems = Problems.strict();
    DataRoots roots = DataRoots.none().withPostcards(root);
    for (Split split : Split.values()) {
      try (Dataset dataset =
          Datasets.open(DatasetSpec.named("postcards", split), roots, problems)) {
        List<Example> examples = dataset.examples().toList();
        assertThat(examples).hasSize(FEW.of(split));
        for (Example example : examples) {
          check(example);
        }
      }
    }
    assertThat(problems.count()).isZero();
  }

  private static void check(Example example) throws IOException {
    RgbImage image = ImageReader.read(example.image().bytes(), example.image().name());
    assertThat(image.width()).isBetween(224, 320);
    assertThat(image.height()).isBetween(224, 320);
    assertThat(example.captions()).hasSize(5).allMatch(caption -> caption.endsWith("."));
    assertThat(example.questions()).hasSizeBetween(4, 9);
    for (Question question : example.questions()) {
      assertThat(question.answers()).hasSize(10);
      assertThat(question.answerType()).isIn("yes/no", "number", "other");
      assertThat(question.id()).startsWith(example.id());
      assertThat(question.commonAnswer()).isPresent();
    }
  }

  @Test
  void theSameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws Exception {
    Path one = new PostcardWriter(FEW, 7, 1, QUIET).write(cache.resolve("one"));
    Path three = new PostcardWriter(FEW, 7, 3, QUIET).write(cache.resolve("three"));
    Path other = new PostcardWriter(FEW, 8, 2, QUIET).write(cache.resolve("other"));
    assertThat(digest(one)).isEqualTo(digest(three)).isNotEqualTo(digest(other));
    assertThat(files(one)).hasSize(20 + 9 + 1);
  }

  @Test
  void aSecondCallWritesNothing() throws Exception {
    Path root = Postcards.writeTo(cache, FEW, 1, QUIET);
    Set<Path> before = files(root);
    Path again =
        Postcards.writeTo(
            cache,
            FEW,
            1,
            (done, total) -> {
              throw new AssertionError("wrote again");
            });
    assertThat(again).isEqualTo(root);
    assertThat(files(root)).isEqualTo(before);
    assertThat(Postcards.writeTo(cache, new Sizes(1, 0, 0), 1, QUIET)).isNotEqualTo(root);
  }

  @Test
  void severalWritersAtOnceLeaveOneWholeFolder() throws Exception {
    ExecutorService processes = Executors.newFixedThreadPool(3);
    try {
      Callable<Path> writer = () -> new PostcardWriter(FEW, 5, 1, QUIET).write(cache);
      Set<Path> roots = Set.copyOf(paths(processes.invokeAll(List.of(writer, writer, writer))));
      assertThat(roots).hasSize(1);
      Path alone = new PostcardWriter(FEW, 5, 1, QUIET).write(cache.resolve("alone"));
      assertThat(digest(roots.iterator().next())).isEqualTo(digest(alone));
      try (Stream<Path> left = Files.list(cache)) {
        assertThat(left.map(path -> path.getFileName().toString()))
            .containsExactlyInAnyOrder("alone", alone.getFileName().toString());
      }
    } finally {
      processes.shutdownNow();
    }
  }

  private static List<Path> paths(List<Future<Path>> futures) throws Exception {
    List<Path> paths = new ArrayList<>();
    for (Future<Path> future : futures) {
      paths.add(future.get());
    }
    return paths;
  }

  @Test
  void nothingIsLeftBehindByAnInterruptOrAFailure() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Postcards.writeTo(cache, FEW, 1, QUIET))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    Progress failing =
        (done, total) -> {
          throw new IllegalArgumentException("the listener fails");
        };
    assertThatThrownBy(() -> Postcards.writeTo(cache, FEW, 1, failing))
        .hasRootCauseMessage("the listener fails");
    assertThat(cache).isEmptyDirectory();
  }

  @Test
  void draftsOfKilledProcessesGoAfterADay() throws Exception {
    Sizes one = new Sizes(1, 0, 0);
    String prefix = ".postcards-v" + Postcards.VERSION + "-seed1-1-0-0-";
    Path old = Files.createDirectory(cache.resolve(prefix + "old"));
    Path young = Files.createDirectory(cache.resolve(prefix + "young"));
    Files.writeString(old.resolve("some.jpg"), "x");
    Instant past = Instant.now().minus(Duration.ofDays(2));
    Files.setLastModifiedTime(old, FileTime.from(past));
    Postcards.writeTo(cache, one, 1, QUIET);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void anUnfinishedFolderIsNamed() throws Exception {
    Path root = Postcards.writeTo(cache, FEW, 1, QUIET);
    for (String content : List.of("{}", "not json", "")) {
      Files.writeString(root.resolve(PostcardWriter.MARKER), content);
      assertThatThrownBy(() -> Postcards.writeTo(cache, FEW, 1, QUIET))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(root.toString())
          .hasMessageContaining("delete this folder");
    }
  }

  @Test
  void sizesAreChecked() {
    assertThatThrownBy(() -> new Sizes(-1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Sizes(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Sizes(Folder.MOST_SCENES + 1, 0, 0))
        .hasMessageContaining("100000");
    assertThat(Postcards.defaultSizes()).isEqualTo(new Sizes(1600, 100, 200));
  }

  @Test
  void textIsFluentAndNeverOfTheTest() {
    List<String> lines = Postcards.text(3, 200).toList();
    assertThat(lines).hasSizeBetween(200 * 9, 200 * 14);
    assertThat(lines).isEqualTo(Postcards.text(3, 200).toList());
    assertThat(lines).allMatch(line -> line.endsWith(".") && !line.endsWith(".."));
    List<String> questions = lines.stream().filter(line -> line.contains("Question: ")).toList();
    assertThat(questions)
        .hasSizeGreaterThan(900)
        .allMatch(line -> line.matches("(.*\\. )?Question: .*\\? Answer: .*\\."))
        .anyMatch(line -> line.startsWith("Please answer the question. Question: "))
        .anyMatch(line -> line.startsWith("Question: What country is this? Why do you think so?"));
    // held out: grey dogs, green cars, white buses, red tents, blue trains
    assertThat(lines)
        .noneMatch(
            line ->
                line.matches(
                    ".*\\b(gr[ea]y dogs?|green cars?|white bus|red tents?|blue train)\\b.*"))
        .anyMatch(line -> line.matches(".*\\b(black|brown|white) dogs?\\b.*"));
  }

  /**
   * A change of words or scenes must change {@link Postcards#VERSION}, or old caches would be taken
   * for new. When this fails: raise the version and set the new digest.
   */
  @Test
  void theVersionStandsForTheWords() throws Exception {
    String words = Postcards.text(1, 300).collect(Collectors.joining("\n"));
    assertThat(Postcards.VERSION).isEqualTo(1);
    assertThat(digest(words.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("726ef30ab9c8cbca974f212d05fb32c245369da9c8069fcdcf1d95ffa6a12bec");
  }

  private static Set<Path> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths.filter(Files::isRegularFile).map(root::relativize).collect(Collectors.toSet());
    }
  }

  private static String digest(Path root) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Path path : files(root).stream().sorted().toList()) {
      digest.update(path.toString().getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(root.resolve(path)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String digest(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
