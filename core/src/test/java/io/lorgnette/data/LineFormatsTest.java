package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flickr8k's token file, DAQUAR, JSON lines, and Karpathy's JSON. */
class LineFormatsTest {
  @TempDir Path folder;
  private final Problems problems = Problems.collecting();
  private NativeFiles files;

  @BeforeEach
  void writePhotos() {
    files = new NativeFiles(folder).photos("photos", "a.jpg", "b.jpg", "c.jpg");
  }

  private List<String> sentences() {
    return problems.kept().stream()
        .map(Problem::toString)
        .map(s -> s.replace(folder.toString() + File.separator, ""))
        .toList();
  }

  // ---- Flickr8k ----

  private static final String FLICKR =
      "{kind: flickr8k, tokens: t.txt, list: l.txt, images: [photos]}";

  @Test
  void flickr8kFollowsTheListOfTheSplit() {
    files
        .text(
            "t.txt",
            "a.jpg#0\tone frog .\nb.jpg#0\ttwo\tfrogs\na.jpg#1\tEin Fröschlein\nc.jpg#0\tx")
        .text("l.txt", "c.jpg\na.jpg\n");
    try (Dataset data = files.open(FLICKR, Problems.strict())) {
      assertThat(data.examples().map(Example::id)).containsExactly("c", "a");
      assertThat(data.example(0).captions()).containsExactly("x");
      assertThat(data.example(1).captions()).containsExactly("one frog .", "Ein Fröschlein");
      assertThat(data.example(1).image().bytes()).asString().isEqualTo("photo a.jpg");
    }
  }

  @Test
  void windowsLinesAndByteOrderMarksDoNotMatter() {
    files
        .text("t.txt", "\uFEFFa.jpg#0\tone frog .\r\n\r\na.jpg#1\ttwo\r\n")
        .text("l.txt", "\uFEFFa.jpg\r\n");
    try (Dataset data = files.open(FLICKR, Problems.strict())) {
      assertThat(data.example(0).captions()).containsExactly("one frog .", "two");
    }
  }

  @Test
  void brokenLinesOfTheTokenFileAreNamed() {
    files
        .bytes(
            "t.txt",
            "a.jpg#0\tone\na.jpg#0\ttwo\nb.jpg\tno number\na.jpg#1\t .\na.jpg#2\tw\u00e9\na.jpg#3\tok"
                .getBytes(StandardCharsets.ISO_8859_1))
        .text("l.txt", "a.jpg\nb.jpg\na.jpg\n../c.jpg\nz.jpg\n");
    try (Dataset data = files.open(FLICKR, problems)) {
      assertThat(data.example(0).captions()).containsExactly("one", "ok");
      assertThat(data.size()).isEqualTo(1);
    }
    assertThat(sentences())
        .containsExactly(
            "l.txt, line 3: the image a.jpg was there before.",
            "l.txt, line 4: expected the name of an image file.",
            "t.txt, line 2: caption 0 of a.jpg was there before.",
            "t.txt, line 3: expected NAME.jpg#N, a tab, and a caption.",
            "t.txt, line 4: the caption has no words.",
            "t.txt, line 5: the line is not UTF-8; save it as UTF-8.",
            "b.jpg: there is no caption for it in t.txt.",
            "z.jpg: there is no caption for it in t.txt.");
    assertThatThrownBy(() -> files.open(FLICKR, Problems.strict()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("l.txt, line 3");
  }

  @Test
  void linesAcrossTheBufferAreReadWhole() {
    StringBuilder tokens = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      tokens.append("a.jpg#").append(i).append("\tö ").append("word ".repeat(i)).append("end\n");
    }
    files.text("t.txt", tokens.toString()).text("l.txt", "a.jpg");
    try (Dataset data = files.open(FLICKR, Problems.strict())) {
      List<String> captions = data.example(0).captions();
      assertThat(captions).hasSize(300);
      for (int i = 0; i < 300; i++) {
        assertThat(captions.get(i)).isEqualTo("ö " + "word ".repeat(i) + "end");
      }
    }
  }

  @Test
  void severalThreadsReadOneFile() {
    StringBuilder tokens = new StringBuilder();
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      tokens.append(i).append(".jpg#0\tcaption of ").append(i).append('\n');
      list.append(i).append(".jpg\n");
    }
    // Through gzip, so that the temporary file is read in parallel too.
    files
        .bytes("t.txt.gz", NativeFiles.gzip(tokens.toString().getBytes(StandardCharsets.UTF_8)))
        .text("l.txt", list.toString());
    String spec = FLICKR.replace("[photos]", "[]");
    try (Dataset data = files.open(spec, Problems.strict())) {
      assertThat(data.examples().parallel().filter(e -> isOwn(e)).count()).isEqualTo(500);
      assertThat(data.examples().map(Example::id).skip(499)).containsExactly("499");
    }
  }

  private static boolean isOwn(Example example) {
    return example.captions().equals(List.of("caption of " + example.id()));
  }

  // ---- DAQUAR ----

  private static final String DAQUAR = "{kind: daquar, file: qa.txt, images: []}";

  @Test
  void daquarQuestionsLoseTheirTailAndAnswersTheirUnderscores() {
    files.text(
        "qa.txt",
        """
        what is left of the sofa in the image7 ?
        floor_lamp, rug
        how many cats are in image9 ?
        2
        what hangs on the wall of the image7 ?
        picture
        what is behind the box in the image10 in the image10 ?
        cable
        """);
    try (Dataset data = files.open(DAQUAR, Problems.strict())) {
      assertThat(data.examples().map(Example::id)).containsExactly("image7", "image9", "image10");
      assertThat(data.example(0).questions())
          .containsExactly(
              new Question(
                  "image7#0", "what is left of the sofa ?", "", "", List.of("floor lamp, rug")),
              new Question("image7#1", "what hangs on the wall ?", "", "", List.of("picture")));
      assertThat(data.example(1).questions().get(0).text()).isEqualTo("how many cats are ?");
      assertThat(data.example(2).questions().get(0).text())
          .isEqualTo("what is behind the box in the image10 ?");
      assertThat(data.image(1).name()).isEqualTo("image9.jpg");
    }
  }

  @Test
  void daquarFindsItsStepAgainAfterABrokenPair() {
    files.text(
        "qa.txt",
        "stray\nwhat is red in the image1 ?\nwhat is blue in the image1 ?\nball\n"
            + "what is green in the image2 ?\n\nwhat is grey in the image3 ?");
    try (Dataset data = files.open(DAQUAR, problems)) {
      assertThat(data.questionCount()).isEqualTo(1);
      assertThat(data.example(0).questions().get(0).answers()).containsExactly("ball");
    }
    assertThat(sentences())
        .containsExactly(
            "qa.txt, line 1: expected a question that ends in \"in the imageN ?\".",
            "qa.txt, line 3: expected the answer to the line before.",
            "qa.txt, line 6: expected the answer to the line before.",
            "qa.txt: the last question has no answer line.");
  }

  // ---- JSON lines ----

  private static final String LINES = "{kind: jsonl, file: x.jsonl, images: [photos], split: val}";

  @Test
  void jsonLinesHaveCaptionsQuestionsAndSplits() {
    files.text(
        "x.jsonl",
        """
        {"image": "a.jpg", "caption": "a frog"}
        {"image": "b.jpg", "captions": ["one", "zwei ö"], "image_id": 12, "split": "dev"}
        {"image": "c.jpg", "split": "train", "caption": "not here"}

        {"image": "c.jpg", "questions": [{"question": "Why?", "answers": ["so", "so"]},
        {"image": "c.jpg", "questions": [{"question": "Why?", "answer": "so", "question_id": 4}]}
        """);
    try (Dataset data = files.open(LINES, problems)) {
      assertThat(data.examples().map(Example::id)).containsExactly("a.jpg", "12", "c.jpg");
      assertThat(data.example(1).captions()).containsExactly("one", "zwei ö");
      assertThat(data.example(1).image().bytes()).asString().isEqualTo("photo b.jpg");
      assertThat(data.example(2).questions())
          .containsExactly(new Question("4", "Why?", "", "", List.of("so")));
    }
    assertThat(sentences())
        .containsExactly(
            "x.jsonl, line 5: expected a JSON object with the relative path of an image.");
  }

  @Test
  void jsonLinesReportWhatIsWrong() {
    files.text(
        "x.jsonl",
        """
        {"image": "a.jpg", "captions": ["fine", "!"]}
        {"image": "a.jpg", "caption": "again"}
        {"image": "../a.jpg", "caption": "outside"}
        {"image": "b.jpg"}
        {"image": "zz.jpg", "caption": "no photo"}
        {"image": "c.jpg", "caption": "two"} {"image": "d.jpg"}
        """);
    try (Dataset data = files.open(LINES, problems)) {
      assertThat(data.size()).isEqualTo(1);
      assertThat(data.example(0).captions()).containsExactly("fine");
    }
    assertThat(problems.kept())
        .extracting(Problem::kind)
        .containsExactly(
            Kind.NO_TEXT,
            Kind.DUPLICATE,
            Kind.BROKEN_RECORD,
            Kind.NO_TEXT,
            Kind.BROKEN_RECORD,
            Kind.MISSING_IMAGE);
  }

  // ---- Karpathy ----

  private static final String KARPATHY_FILE =
      """
      {"dataset": "made up", "images": [
        {"filename": "a.jpg", "split": "train", "imgid": 0,
         "sentences": [{"raw": "a frog .", "tokens": ["a", "frog"]}, {"raw": "ein Frosch"}]},
        {"filename": "COCO_7.jpg", "filepath": "val2014", "cocoid": 7, "split": "restval",
         "sentences": [{"raw": "b"}]},
        {"filename": "b.jpg", "split": "val", "sentences": [{"raw": "c"}, {"raw": "."}]},
        {"filename": "c.jpg", "split": "test", "sentences": [{"raw": "d"}]},
        {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "e"}]},
        {"filename": "d.jpg", "split": "train", "sentences": []},
        {"filename": "e.jpg", "split": "train"}]}
      """;
  private static final String KARPATHY = "{kind: karpathy, file: k.json, images: [photos]}";

  @Test
  void karpathySplitsAndNames() {
    files.text("k.json", KARPATHY_FILE).photos("photos/val2014", "COCO_7.jpg");
    try (Dataset train = files.open(KARPATHY, problems);
        Dataset without = files.open(KARPATHY.replace("}", ", restval: false}"), problems);
        Dataset dev = files.open(KARPATHY.replace("}", ", split: dev}"), problems);
        Dataset test = files.open(KARPATHY.replace("}", ", split: test}"), problems)) {
      assertThat(train.examples().map(Example::id)).containsExactly("a", "7");
      assertThat(train.example(0).captions()).containsExactly("a frog .", "ein Frosch");
      assertThat(train.image(1).name()).isEqualTo("val2014/COCO_7.jpg");
      assertThat(train.image(1).bytes()).asString().isEqualTo("photo COCO_7.jpg");
      assertThat(without.examples().map(Example::id)).containsExactly("a");
      assertThat(dev.example(0).captions()).containsExactly("c");
      assertThat(test.example(0).captions()).containsExactly("d");
    }
    assertThat(sentences().subList(0, 3))
        .containsExactly(
            "k.json, line 8, images[4]: the image a was there before.",
            "k.json, line 9, images[5]: the image d has no caption with words.",
            "k.json, line 10, images[6]: expected an image with filename, split and sentences.");
  }
}
