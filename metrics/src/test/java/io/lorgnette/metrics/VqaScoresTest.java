package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.VqaEvaluator.LeaveOut;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VqaScoresTest {

  /** Ten people: the first {@code k} say one thing, the others another. */
  private static List<HumanAnswer> people(String one, int k, String another, boolean numbered) {
    return IntStream.range(0, 10)
        .mapToObj(i -> new HumanAnswer(i < k ? one : another, numbered ? "id=" + i : ""))
        .toList();
  }

  private static double score(List<HumanAnswer> answers, String result, VqaOptions options) {
    return VqaScores.of(
            Map.of("q", new VqaAnnotation("i", "what", "other", answers)),
            Map.of("q", result),
            options)
        .overall();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0.3", "2, 0.6", "3, 0.9", "4, 1", "5, 1", "10, 1"})
  void matchesOfTenPeople(int k, double accuracy) {
    List<HumanAnswer> answers = people("red", k, "blue", true);
    assertThat(score(answers, "red", VqaOptions.defaults())).isCloseTo(accuracy, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "yes, 10, no, Yes., 0",
    "yes, 10, no, yes, 1",
    "yes, 9, no, Yes., 1",
    "2, 10, 3, two, 0",
    "2, 9, 3, two, 1"
  })
  void unanimousAnswersAreComparedAsTheyStand(
      String one, int k, String another, String result, double accuracy) {
    List<HumanAnswer> answers = people(one, k, another, true);
    assertThat(score(answers, result, VqaOptions.defaults())).isCloseTo(accuracy, within(1e-12));
  }

  @Test
  void equalRecordsAreAllLeftOutOnlyByRecord() {
    List<HumanAnswer> bare = people("red", 6, "blue", false);
    VqaOptions byRecord = VqaOptions.defaults().with(LeaveOut.RECORD);
    // By record, those who said red are compared with nobody who did.
    assertThat(score(bare, "red", byRecord)).isCloseTo(0.4, within(1e-12));
    assertThat(score(bare, "red", VqaOptions.defaults())).isEqualTo(1);
    List<HumanAnswer> numbered = people("red", 6, "blue", true);
    assertThat(score(numbered, "red", byRecord)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Two. | 2",
        "a cat | cat",
        "dont | don't",
        "2,000 | 2000",
        "1,000 - 2,000 | 1000 2000",
        "it's 3.5 | it's 3.5",
        "yes! | yes",
        "red/white | red white",
        "t-shirt | t shirt",
        "somebody'd | somebodyd",
        "' THE  END. ' | end",
        "New York, NY | new york ny",
        "U.S.A. | usa",
        "none | 0",
        "A | ''",
        "10:30 | 10:30",
        "it is 2.30 pm. | it is 2.30 pm",
        "e.g. cat | eg cat",
        "x-ray machine | x ray machine",
        "3,5 apples (red) | 35 apples red",
        "? | ''",
        ".5 5. 5.5 a.b | .5 5 5.5 ab",
        "let's | let's",
        "hes | he's",
        "Im | im",
        "its well | its well"
      })
  void normalizes(String answer, String normalized) {
    String stripped = VqaNormalizer.strip(answer);
    assertThat(VqaNormalizer.OFFICIAL.normalize(stripped)).isEqualTo(normalized);
  }

  @Test
  void onlyThirtyTwoStopsGo() {
    assertThat(VqaNormalizer.OFFICIAL.punctuation("x.".repeat(40)))
        .isEqualTo("x".repeat(32) + "x.".repeat(8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "de-DE"})
  void theDefaultLocaleDoesNotMatter(String tag) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertThat(VqaNormalizer.OFFICIAL.normalize("INSIDE IT")).isEqualTo("inside it");
      assertThat(VqaNormalizer.PYTHON_3.normalize("INSIDE IT")).isEqualTo("inside it");
      assertThat(score(people("IN", 5, "ON", true), "in", VqaOptions.defaults())).isEqualTo(1);
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Questions about images, several of them each; results that are right more or less often. */
  private static final class Corpus {
    final Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    final Map<String, String> good = new LinkedHashMap<>();
    final Map<String, String> bad = new LinkedHashMap<>();

    Corpus(int images, long seed) {
      Random random = new Random(seed);
      String[] colours = {"red", "green", "blue"};
      int question = 0;
      for (int image = 0; image < images; image++) {
        for (int n = random.nextInt(4); n >= 0; n--) {
          String colour = colours[random.nextInt(3)];
          String type = random.nextInt(3) == 0 ? "number" : "other";
          String id = String.valueOf(question++);
          List<HumanAnswer> answers = people(colour, 2 + random.nextInt(8), "pink", true);
          annotations.put(id, new VqaAnnotation("image " + image, "what is", type, answers));
          good.put(id, random.nextInt(5) == 0 ? "black" : colour);
          bad.put(id, colours[random.nextInt(3)]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void intervalsAndComparisons(long seed) {
    Corpus corpus = new Corpus(120, seed);
    VqaScores good = VqaScores.of(corpus.annotations, corpus.good);
    VqaScores bad = VqaScores.of(corpus.annotations, corpus.bad);
    assertThat(good.images()).isEqualTo(120);
    Interval interval = good.interval(seed, 500);
    assertThat(interval.value()).isEqualTo(good.overall());
    assertThat(interval.low()).isLessThan(good.overall());
    assertThat(interval.high()).isGreaterThan(good.overall());
    assertThat(good.interval(seed, 500)).isEqualTo(interval);
    Interval number = good.answerTypeInterval("number", seed, 500);
    assertThat(number.value()).isEqualTo(good.byAnswerType().get("number"));
    assertThat(number.low()).isLessThan(number.high());

    Comparison better = VqaScores.compare(good, bad, seed, 500);
    assertThat(better.significant()).isTrue();
    assertThat(better.difference().value()).isEqualTo(good.overall() - bad.overall());
    Comparison same = VqaScores.compare(good, good, seed, 500);
    assertThat(same.difference()).isEqualTo(new Interval(0, 0, 0, seed, 500));
    assertThat(same.p()).isEqualTo(1);
  }

  @Test
  void imagesAreDrawnWithAllTheirQuestions() {
    // One image right in all ten questions, one wrong: means can only be 0, a half or 1.
    Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      List<HumanAnswer> answers = people("red", 9, "blue", true);
      annotations.put("q" + i, new VqaAnnotation("image" + i % 2, "", "other", answers));
      results.put("q" + i, i % 2 == 0 ? "red" : "green");
    }
    Interval interval = VqaScores.of(annotations, results).interval(1, 200);
    assertThat(interval).isEqualTo(new Interval(0.5, 0, 1, 1, 200));
  }

  @Test
  void theOrderOfInputDoesNotShowInTheLastBit() {
    Corpus corpus = new Corpus(80, 9);
    VqaScores expected = VqaScores.of(corpus.annotations, corpus.bad);
    List<String> questions = new ArrayList<>(corpus.annotations.keySet());
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      Collections.shuffle(questions, random);
      Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
      Map<String, String> results = new LinkedHashMap<>();
      for (String question : questions) {
        VqaAnnotation annotation = corpus.annotations.get(question);
        List<HumanAnswer> answers = new ArrayList<>(annotation.answers());
        Collections.shuffle(answers, random);
        annotations.put(
            question,
            new VqaAnnotation(
                annotation.imageId(), annotation.questionType(), annotation.answerType(), answers));
        results.put(question, corpus.bad.get(question));
      }
      VqaScores scores = VqaScores.of(annotations, results);
      assertThat(scores.overall()).isEqualTo(expected.overall());
      assertThat(scores.byAnswerType()).isEqualTo(expected.byAnswerType());
      assertThat(scores.perQuestion()).isEqualTo(expected.perQuestion());
      assertThat(scores.interval(2, 50)).isEqualTo(expected.interval(2, 50));
    }
  }

  @Test
  void blockedScoresAndComparisons() {
    Corpus corpus = new Corpus(10, 1);
    VqaScores scores = VqaScores.of(corpus.annotations, corpus.good);
    VqaScores lavis =
        VqaScores.of(
            corpus.annotations, corpus.good, VqaOptions.defaults().with(VqaEvaluator.LAVIS));
    assertThatThrownBy(() -> VqaScores.compare(scores, lavis, 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("LAVIS");
    Map<String, String> fewer = new LinkedHashMap<>(corpus.good);
    fewer.remove("0");
    assertThatThrownBy(() -> VqaScores.of(corpus.annotations, fewer))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the first is 0");
    VqaOptions options = VqaOptions.defaults().with(Evaluated.RESULTS);
    assertThat(VqaScores.of(corpus.annotations, fewer, options).questions()).doesNotContain("0");
    assertThatThrownBy(() -> scores.answerTypeInterval("yes/no", 1, 10))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void daquarAnswersAreSets() {
    assertThat(DaquarAnswer.things("Chair, night_stand,chair,"))
        .isEqualTo(Set.of("chair", "night_stand"));
    Map<String, DaquarAnswer> answers =
        Map.of(
            "1", DaquarAnswer.of("image1", "chair, table"),
            "2", DaquarAnswer.of("image1", "3"),
            "3", DaquarAnswer.of("image2", "lamp"),
            "4", DaquarAnswer.of("image3", "bed"));
    Map<String, String> results =
        Map.of("1", "table, chair", "2", "2", "3", "lamp, lamp", "4", "bed, pillow");
    DaquarScores scores = DaquarScores.of(answers, results, Evaluated.REFERENCES);
    assertThat(scores.overall()).isEqualTo(0.5);
    assertThat(scores.perQuestion()).containsExactly(1, 0, 1, 0);
    assertThat(scores.images()).isEqualTo(3);
    Interval interval = scores.interval(1, 200);
    assertThat(interval.low()).isBetween(0.0, 0.5);
    assertThat(interval.high()).isBetween(0.5, 1.0);
    assertThat(DaquarScores.compare(scores, scores, 1, 20).p()).isEqualTo(1);
    assertThat(Stream.of(DaquarScores.METRIC)).noneMatch(name -> name.contains("VQA"));
  }
}
