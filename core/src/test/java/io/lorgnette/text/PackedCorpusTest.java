package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.text.PackedCorpus.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackedCorpusTest {

  private static final int EOS = 0;
  private static Tokenizer tokenizer;

  @TempDir Path folder;

  @BeforeAll
  static void load() {
    tokenizer = TokenizerGoldens.tokenizer("gpt2");
    assertThat(tokenizer.idOf("<|endoftext|>")).hasValue(EOS);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private PackedCorpus build(TextSource... sources) {
    return PackedCorpus.build(
        folder.resolve("packed"), tokenizer, EOS, List.of(sources), (name, docs, tokens) -> {});
  }

  private static TextSource of(String name, double heldOut, List<String> documents) {
    return TextSource.documents(name, documents::forEach, heldOut);
  }

  private static List<String> numbered(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> word + " " + i + ".").toList();
  }

  /** All ids of a part, read back through the public windows or the file. */
  private long[] ids(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("packed").resolve(file));
    long[] ids = new long[bytes.length / 2];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (bytes[2 * i] & 0xFF) | (bytes[2 * i + 1] & 0xFF) << 8;
    }
    return ids;
  }

  private static List<String> documents(long[] ids) {
    List<String> documents = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == EOS) {
        int[] one = Arrays.stream(ids, start, i).mapToInt(Math::toIntExact).toArray();
        documents.add(tokenizer.decode(one, false));
        start = i + 1;
      }
    }
    assertThat(start).as("ends with the end of a document").isEqualTo(ids.length);
    return documents;
  }

  @Test
  void linesAndParagraphsBecomeDocuments() throws IOException {
    Path captions = folder.resolve("captions.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(captions))) {
      out.write(
          "A dog runs .\n\nzwei  H\u00FCte\r\ndrop me\nlast".getBytes(StandardCharsets.UTF_8));
    }
    Path first = folder.resolve("1.txt");
    Path second = folder.resolve("2.txt");
    Files.writeString(first, "\n\nOnce\nupon\n\n \nThe end\ndrop me\nreally");
    Files.writeString(second, "New file\n");
    UnaryOperator<String> line = s -> s.equals("drop me") ? "" : s.replace(" .", ".");

    PackedCorpus corpus =
        build(
            TextSource.files("captions", TextSource.Kind.LINES, List.of(captions), line, 0),
            TextSource.files(
                "stories", TextSource.Kind.BLANK_LINE, List.of(first, second), line, 0));

    assertThat(documents(ids("captions.train.u16")))
        .containsExactly("A dog runs.", "zwei  H\u00FCte", "last");
    assertThat(documents(ids("stories.train.u16")))
        .containsExactly("Once\nupon", "The end\nreally", "New file");
    assertThat(corpus.sources()).containsExactly("captions", "stories");
    assertThat(corpus.documents("captions", Part.TRAIN)).isEqualTo(3);
    assertThat(corpus.bytes("captions", Part.TRAIN)).isEqualTo(11 + 11 + 4);
    assertThat(corpus.tokens("stories", Part.TRAIN)).isEqualTo(ids("stories.train.u16").length);
    assertThat(corpus.tokens("stories", Part.VALIDATION)).isZero();
    assertThat(corpus.validationWindows("stories", 8)).isZero();
    assertThat(corpus.tokenizerSha256()).isEqualTo(tokenizer.sha256());
    assertThat(corpus.vocabularySize()).isEqualTo(tokenizer.vocabularySize());
    assertThat(corpus.endOfDocument()).isEqualTo(EOS);
  }

  @Test
  void manyChunksKeepTheOrderAndNothingIsLost() throws IOException {
    String tail = " and so it went on and on".repeat(40);
    List<String> documents = numbered("Story" + tail, 2000);
    List<Long> progress = new ArrayList<>();
    PackedCorpus corpus =
        PackedCorpus.build(
            folder.resolve("packed"),
            tokenizer,
            EOS,
            List.of(of("stories", 0.1, documents)),
            (name, docs, tokens) -> progress.add(docs));
    List<String> train = documents(ids("stories.train.u16"));
    List<String> validation = documents(ids("stories.validation.u16"));
    assertThat(validation).hasSizeBetween(140, 260);
    List<String> expected = new ArrayList<>(documents);
    expected.removeAll(validation);
    assertThat(train).isEqualTo(expected);
    assertThat(documents).containsSubsequence(validation);
    assertThat(progress).hasSizeGreaterThan(10).isSorted().endsWith(2000L);
    assertThat(corpus.documents("stories", Part.VALIDATION)).isEqualTo(validation.size());
  }

  @Test
  void aDocumentStaysOnItsSideWhateverIsAroundIt() throws IOException {
    build(of("a", 0.3, numbered("x", 200)));
    List<String> before = documents(ids("a.validation.u16"));
    String identity = PackedCorpus.open(folder.resolve("packed")).identity();
    List<String> more = new ArrayList<>(numbered("y", 50));
    more.addAll(numbered("x", 200));
    PackedCorpus corpus = build(of("a", 0.3, more));
    assertThat(documents(ids("a.validation.u16")).stream().filter(d -> d.startsWith("x")))
        .isEqualTo(before);
    assertThat(corpus.identity()).isNotEqualTo(identity);
    assertThat(build(of("a", 0.3, numbered("x", 200))).identity()).isEqualTo(identity);
  }

  @Test
  void batchesDependOnSeedAndStepAlone() throws IOException {
    build(of("a", 0, numbered("dog", 500)), of("b", 0, numbered("cat", 50)));
    PackedCorpus corpus = PackedCorpus.open(folder.resolve("packed"));
    Map<String, Double> weights = new TreeMap<>(Map.of("a", 1.0, "b", 3.0));
    WindowSampler sampler = corpus.sampler(weights);
    long[] one = batch(sampler, 5, 7);
    assertThat(batch(corpus.sampler(new TreeMap<>(weights).descendingMap()), 5, 7)).isEqualTo(one);
    assertThat(batch(sampler, 5, 8)).isNotEqualTo(one);
    assertThat(batch(sampler, 6, 7)).isNotEqualTo(one);
    assertThat(batch(sampler, 6, 6)).isNotEqualTo(one);

    // Every window is a stretch of its source, and the sources come three to one.
    String a = Arrays.toString(ids("a.train.u16")).replaceAll("[\\[\\]]", "");
    String b = Arrays.toString(ids("b.train.u16")).replaceAll("[\\[\\]]", "");
    int fromB = 0;
    for (int step = 0; step < 100; step++) {
      long[] batch = batch(sampler, 1, step);
      for (int row = 0; row < 8; row++) {
        String window =
            Arrays.toString(Arrays.copyOfRange(batch, row * 16, row * 16 + 16))
                .replaceAll("[\\[\\]]", "");
        boolean inB = b.contains(window);
        assertThat(inB || a.contains(window)).isTrue();
        fromB += inB ? 1 : 0;
      }
    }
    assertThat(fromB).isBetween(540, 660);
  }

  @Test
  void windowsOfDocumentsBeginOneWhereTheyCan() {
    // Short documents, and one that is longer than a window and has no second one near.
    List<String> documents = new ArrayList<>(numbered("dog", 300));
    documents.add("abcdefghijklmnopqrstuvwxyz".repeat(40));
    WindowSampler sampler = build(of("a", 0, documents)).sampler(Map.of("a", 1.0));
    int first = tokenizer.encode("dog")[0];
    int begun = 0;
    for (int step = 0; step < 100; step++) {
      long[] plain = batch(sampler, 5, step);
      long[] ids = new long[8 * 16];
      sampler.batchOfDocuments(5, step, 8, 16, EOS, ids);
      for (int row = 0; row < 8; row++) {
        long[] drawn = Arrays.copyOfRange(plain, row * 16, row * 16 + 16);
        long[] own = Arrays.copyOfRange(ids, row * 16, row * 16 + 16);
        int end = Arrays.stream(drawn).boxed().toList().indexOf((long) EOS);
        if (end < 0) {
          assertThat(own).isEqualTo(drawn);
        } else if (end < 15) {
          // The rest of the window, one place or more further to the left.
          assertThat(Arrays.copyOf(own, 15 - end))
              .isEqualTo(Arrays.copyOfRange(drawn, end + 1, 16));
        }
        begun += own[0] == first ? 1 : 0;
      }
    }
    assertThat(begun).isGreaterThan(100);
  }

  private static long[] batch(WindowSampler sampler, long seed, long step) {
    long[] ids = new long[8 * 16];
    sampler.batch(seed, step, 8, 16, ids);
    return ids;
  }

  /** The draws are part of a run's reproducibility, so a change of the generator must show. */
  @Test
  void theDrawsAreThoseOfSplitMix64() {
    PackedCorpus corpus = build(of("a", 0, List.of("abcdefghijklmnopqrstuvwxyz".repeat(40))));
    long[] first = new long[4];
    long[] all = new long[(int) corpus.tokens("a", Part.TRAIN)];
    WindowSampler sampler = corpus.sampler(Map.of("a", 2.0));
    sampler.batch(0, 0, 1, all.length, all);
    sampler.batch(0, 0, 1, 4, first);
    // The second output of SplitMix64 seeded with 0 is 0x6E789E6AA1B965F4.
    double unit = (0x6E789E6AA1B965F4L >>> 11) * 0x1p-53;
    int start = (int) (unit * (all.length - 3));
    assertThat(first).isEqualTo(Arrays.copyOfRange(all, start, start + 4));
  }

  @Test
  void validationWindowsPredictEveryIdOnce() throws IOException {
    PackedCorpus corpus = build(of("a", 0.5, numbered("dog", 100)));
    long[] all = ids("a.validation.u16");
    int length = 8;
    long windows = corpus.validationWindows("a", length);
    assertThat(windows).isEqualTo((all.length - 1) / 7).isGreaterThan(5);
    for (int w = 0; w < windows; w++) {
      long[] out = new long[length + 2];
      corpus.validationWindow("a", w, length, out, 2);
      assertThat(Arrays.copyOfRange(out, 2, 10))
          .isEqualTo(Arrays.copyOfRange(all, 7 * w, 7 * w + 8));
    }
    assertThatThrownBy(() -> corpus.validationWindow("a", windows, length, new long[8], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void idsAbove32767ComeBackUnsigned() throws IOException {
    Path file = folder.resolve("ids.u16");
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFF, 0x34, 0x12, 0x00, (byte) 0x80});
    long[] out = new long[3];
    TokenFile.map(file).copy(0, 3, out, 0);
    assertThat(out).containsExactly(65535, 0x1234, 0x8000);
  }

  @Test
  void badWeightsAndShortSourcesAreOneSentence() {
    PackedCorpus corpus = build(of("a", 0, List.of("short")));
    assertThatThrownBy(() -> corpus.sampler(Map.of("b", 1.0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no source \"b\"; expected one of [a]");
    assertThatThrownBy(() -> corpus.sampler(Map.of("a", 0.0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight above 0");
    assertThatThrownBy(() -> corpus.sampler(Map.of("a", Double.NaN)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is NaN");
    WindowSampler sampler = corpus.sampler(Map.of("a", 1.0));
    assertThatThrownBy(() -> sampler.batch(1, 1, 1, 512, new long[512]))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("fewer than a window of 512");
  }

  @Test
  void badFilesAreOneSentenceAndLeaveTheOldCorpus() throws IOException {
    PackedCorpus before = build(of("a", 0, List.of("kept")));
    Path broken = folder.resolve("broken.txt");
    Files.write(broken, new byte[] {'a', '\n', (byte) 0xC3, '('});
    assertRefused(broken, "broken.txt, after line 0: not UTF-8");
    Path cut = folder.resolve("cut.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      out.write("some words\n".repeat(100).getBytes(StandardCharsets.UTF_8));
    }
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 25));
    assertRefused(cut, "gzip data is broken or cut off");
    assertRefused(folder.resolve("absent.txt"), "there is no such file");
    assertThat(PackedCorpus.open(folder.resolve("packed")).identity()).isEqualTo(before.identity());
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("packed", "broken.txt", "cut.txt.gz");
    }
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(
            () ->
                build(
                    TextSource.files(
                        "a", TextSource.Kind.LINES, List.of(file), UnaryOperator.identity(), 0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aDamagedOrForeignFolderIsOneSentence() throws IOException {
    Path packed = folder.resolve("packed");
    assertThatThrownBy(() -> PackedCorpus.open(packed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not a packed corpus");
    build(of("a", 0, List.of("some words")));
    Files.write(packed.resolve("a.train.u16"), new byte[3]);
    assertThatThrownBy(() -> PackedCorpus.open(packed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a.train.u16: has 3 bytes, expected");
    Files.writeString(packed.resolve("corpus.json"), "{\"format\": 2}");
    assertThatThrownBy(() -> PackedCorpus.open(packed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has layout 2, expected 1");
    Files.delete(packed.resolve("corpus.json"));
    assertThatThrownBy(() -> build(of("a", 0, List.of("x"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("exists and is not a packed corpus");
  }

  @Test
  void namesThatCanNotBeFilesAreRefused() {
    assertThatThrownBy(() -> of("../a", 0, List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of("a", 1, List.of())).hasMessageContaining("held-out fraction");
    assertThatThrownBy(() -> build(of("a", 0, List.of()), of("a", 0, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("same name");
  }
}
