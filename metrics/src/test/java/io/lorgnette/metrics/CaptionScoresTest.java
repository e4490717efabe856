package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionScoresTest {

  private static final CaptionOptions TOKENIZED =
      CaptionOptions.defaults().with(CaptionTokens.WHITESPACE);

  /** Three images with their references. */
  static Map<String, List<String>> threeImages() {
    Map<String, List<String>> references = new LinkedHashMap<>();
    references.put(
        "1",
        List.of(
            "a man is riding a horse on the beach",
            "a person rides a brown horse along the shore",
            "man riding horse near the ocean"));
    references.put(
        "2",
        List.of(
            "two dogs play with a red ball",
            "two brown dogs are playing in the grass with a ball"));
    references.put(
        "3",
        List.of(
            "a plate of food with rice and vegetables",
            "rice and broccoli on a white plate",
            "a white plate topped with rice and broccoli"));
    return references;
  }

  static Map<String, String> threeResults(String last) {
    return Map.of(
        "1", "a man riding a horse on a beach",
        "2", "two dogs playing with a ball in the grass",
        "3", last);
  }

  @ParameterizedTest
  @CsvSource({
    "BLEU-1, 0.8658632788, 0.7721847896, 0.9999999999, 0.4723665525",
    "BLEU-2, 0.7244331939, 0.6976750599, 0.7905694149, 0.3856856750",
    "BLEU-3, 0.5417987721, 0.5231578872, 0.5631239402, 0.3275206748",
    "BLEU-4, 0.3313163407, 0.3987129846, 7.3861e-05, 6.38262e-05",
    "ROUGE-L, 0.7125739655, 0.8148854962, 0.6939704209, 0.6288659794",
    "CIDEr, 2.3129441180, 2.3932014790, 2.9094602661, 1.6361706088"
  })
  void workedExample(String metric, double corpus, double first, double second, double third) {
    CaptionScores scores =
        CaptionScores.of(threeImages(), threeResults("a plate of rice"), TOKENIZED);
    assertThat(scores.corpus().get(metric)).isCloseTo(corpus, within(1e-9));
    assertThat(scores.perImage(metric))
        .containsExactly(new double[] {first, second, third}, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "BLEU-1, 0.6612880213, NaN",
    "BLEU-2, 0.5565568030, NaN",
    "BLEU-3, 0.4060863657, NaN",
    "BLEU-4, 0.2557381585, NaN",
    "ROUGE-L, 0.5029519724, 0",
    "CIDEr, 1.7675539150, 0"
  })
  void workedExampleWithAnEmptyResult(String metric, double corpus, double third) {
    CaptionScores scores = CaptionScores.of(threeImages(), threeResults(""), TOKENIZED);
    assertThat(scores.corpus().get(metric)).isCloseTo(corpus, within(1e-9));
    if (!Double.isNaN(third)) {
      assertThat(scores.perImage(metric)[2]).isEqualTo(third);
    }
  }

  @Test
  void oneImageHasNoCiderAndSaysSo() {
    CaptionScores scores =
        CaptionScores.of(Map.of("1", List.of("a dog runs")), Map.of("1", "a dog runs"));
    assertThat(scores.corpus().get("CIDEr")).isZero();
    assertThat(scores.corpus().get("ROUGE-L")).isEqualTo(1);
    assertThat(scores.notes()).anyMatch(note -> note.contains("always 0"));
  }

  @Test
  void lineBreaksAreReadAsBlanksAndCounted() {
    Map<String, List<String>> broken =
        Map.of("1", List.of("a dog\u2028on a mat", "a\rdog"), "2", List.of("a cat\non a mat"));
    Map<String, List<String>> plain =
        Map.of("1", List.of("a dog on a mat", "a dog"), "2", List.of("a cat on a mat"));
    Map<String, String> results = Map.of("1", "a dog on a mat", "2", "a cat on a hat");
    CaptionScores scores = CaptionScores.of(broken, results);
    assertThat(scores.corpus()).isEqualTo(CaptionScores.of(plain, results).corpus());
    assertThat(scores.captionsWithLineBreaks()).isEqualTo(2);
    assertThat(scores.notes()).anyMatch(note -> note.startsWith("2 captions hold a line-break"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "de-DE", "ar-EG"})
  void theDefaultLocaleDoesNotMatter(String tag) {
    Map<String, List<String>> references =
        Map.of("1", List.of("AN INDIAN TIGER IS SITTING"), "2", List.of("Big Ben, 1,5 I"));
    Map<String, String> results = Map.of("1", "an indian tiger is sitting", "2", "BIG BEN 1,5 i");
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.ROOT);
      CaptionScores expected = CaptionScores.of(references, results);
      Locale.setDefault(Locale.forLanguageTag(tag));
      CaptionScores scores = CaptionScores.of(references, results);
      assertThat(scores.corpus()).isEqualTo(expected.corpus());
      assertThat(scores.corpus().get("ROUGE-L")).isEqualTo(1);
      assertThat(scores.interval("BLEU-4", 1, 50)).isEqualTo(expected.interval("BLEU-4", 1, 50));
    } finally {
      Locale.setDefault(before);
    }
  }

  /** Made-up captions of a small language, results near their references. */
  private static final class Corpus {
    final Map<String, List<String>> references = new LinkedHashMap<>();
    final Map<String, String> good = new LinkedHashMap<>();
    final Map<String, String> bad = new LinkedHashMap<>();

    Corpus(int images, long seed) {
      Random random = new Random(seed);
      for (int i = 0; i < images; i++) {
        List<String> captions = new ArrayList<>();
        for (int n = 1 + random.nextInt(5); n > 0; n--) {
          captions.add(sentence(random, i));
        }
        references.put("image-" + i, captions);
        good.put("image-" + i, captions.get(0).replaceFirst("a ", "the "));
        bad.put("image-" + i, sentence(random, i + 1));
      }
    }

    private static String sentence(Random random, int image) {
      String[] nouns = {"dog", "cat", "horse", "boat", "man", "woman", "tree", "house"};
      String[] verbs = {"runs", "sleeps", "is standing", "isn't moving", "jumps"};
      String[] places = {
        "on a hill", "near the sea", "in the U.S.", "under a red roof", "at 5 p.m."
      };
      return "a %s %s %s"
          .formatted(
              nouns[(image + random.nextInt(2)) % nouns.length],
              verbs[random.nextInt(verbs.length)],
              places[(image / 3 + random.nextInt(2)) % places.length]);
    }
  }

  @Test
  void theOrderOfInputDoesNotShowInTheLastBit() {
    Corpus corpus = new Corpus(200, 1);
    CaptionScores expected = CaptionScores.of(corpus.references, corpus.good);
    List<String> images = new ArrayList<>(corpus.references.keySet());
    for (int seed = 0; seed < 5; seed++) {
      Random random = new Random(seed);
      Collections.shuffle(images, random);
      Map<String, List<String>> references = new LinkedHashMap<>();
      Map<String, String> results = new LinkedHashMap<>();
      for (String image : images) {
        List<String> captions = new ArrayList<>(corpus.references.get(image));
        Collections.shuffle(captions, random);
        references.put(image, captions);
        results.put(image, corpus.good.get(image));
      }
      CaptionScores scores = CaptionScores.of(references, results);
      assertThat(scores.corpus()).isEqualTo(expected.corpus());
      for (String metric : CaptionScores.METRICS) {
        assertThat(scores.perImage(metric)).isEqualTo(expected.perImage(metric));
      }
      assertThat(scores.intervals(3, 20)).isEqualTo(expected.intervals(3, 20));
    }
  }

  @Test
  void theNumberOfThreadsDoesNotShow() throws Exception {
    Corpus corpus = new Corpus(100, 2);
    CaptionScores scores = CaptionScores.of(corpus.references, corpus.good);
    for (int threads : new int[] {1, 7}) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      try {
        CaptionScores other =
            pool.submit(() -> CaptionScores.of(corpus.references, corpus.good)).get();
        assertThat(other.corpus()).isEqualTo(scores.corpus());
        assertThat(pool.submit(() -> other.intervals(9, 100)).get())
            .isEqualTo(scores.intervals(9, 100));
      } finally {
        pool.shutdown();
      }
    }
  }

  static Stream<Arguments> metricsAndSeeds() {
    return CaptionScores.METRICS.stream()
        .flatMap(metric -> Stream.of(1L, 2L, -3L).map(seed -> Arguments.of(metric, seed)));
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("metricsAndSeeds")
  void intervalsHoldTheValueAndFollowTheSeed(String metric, long seed) {
    Corpus corpus = new Corpus(150, seed);
    CaptionScores scores = CaptionScores.of(corpus.references, corpus.bad);
    Interval interval = scores.interval(metric, seed, 300);
    assertThat(interval.value()).isEqualTo(scores.corpus().get(metric));
    assertThat(interval.low()).isLessThan(interval.value());
    assertThat(interval.high()).isGreaterThan(interval.value());
    assertThat(interval.seed()).isEqualTo(seed);
    assertThat(interval.resamples()).isEqualTo(300);
    assertThat(scores.interval(metric, seed, 300)).isEqualTo(interval);
    assertThat(scores.interval(metric, seed + 1, 300)).isNotEqualTo(interval);
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("metricsAndSeeds")
  void aSystemDoesNotDifferFromItself(String metric, long seed) {
    Corpus corpus = new Corpus(60, seed);
    CaptionScores scores = CaptionScores.of(corpus.references, corpus.bad);
    Comparison same = CaptionScores.compare(scores, scores, metric, seed, 200);
    assertThat(same.difference()).isEqualTo(new Interval(0, 0, 0, seed, 200));
    assertThat(same.p()).isEqualTo(1);
    assertThat(same.significant()).isFalse();
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("metricsAndSeeds")
  void aBetterSystemIsFound(String metric, long seed) {
    Corpus corpus = new Corpus(100, seed);
    CaptionScores good = CaptionScores.of(corpus.references, corpus.good);
    CaptionScores bad = CaptionScores.of(corpus.references, corpus.bad);
    Comparison comparison = CaptionScores.compare(good, bad, metric, seed, 499);
    assertThat(comparison.first()).isGreaterThan(comparison.second());
    assertThat(comparison.significant()).isTrue();
    assertThat(comparison.p()).isEqualTo(2.0 / 500);
    Comparison turned = CaptionScores.compare(bad, good, metric, seed, 499);
    assertThat(turned.difference().value()).isEqualTo(-comparison.difference().value());
    assertThat(turned.difference().low()).isCloseTo(-comparison.difference().high(), within(1e-12));
    assertThat(turned.p()).isEqualTo(comparison.p());
  }

  @Test
  void blockedComparisons() {
    Corpus corpus = new Corpus(20, 1);
    CaptionScores scores = CaptionScores.of(corpus.references, corpus.good);
    Corpus larger = new Corpus(21, 1);
    CaptionScores others = CaptionScores.of(larger.references, larger.good);
    assertThatThrownBy(() -> CaptionScores.compare(scores, others, "CIDEr", 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one was scored on 20 and the other on 21 images");
    CaptionScores plain = CaptionScores.of(corpus.references, corpus.good, TOKENIZED);
    assertThatThrownBy(() -> CaptionScores.compare(scores, plain, "CIDEr", 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("white space");
    assertThatThrownBy(() -> scores.interval("BLEU-5", 1, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BLEU-5");
  }

  @Test
  void documentFrequenciesOfTheReferencesChangeNothing() {
    Corpus corpus = new Corpus(50, 4);
    CaptionScores own = CaptionScores.of(corpus.references, corpus.bad);
    DocumentFrequencies table =
        DocumentFrequencies.ofReferences("made up", corpus.references, CaptionTokens.PTB);
    CaptionScores given =
        CaptionScores.of(corpus.references, corpus.bad, CaptionOptions.defaults().with(table));
    assertThat(given.perImage("CIDEr")).isEqualTo(own.perImage("CIDEr"));
    assertThat(given.variants().get("CIDEr")).contains("made up (50 images)");
  }

  @Test
  void fixedDocumentFrequenciesMakeSubsetsComparable() {
    Corpus corpus = new Corpus(50, 5);
    DocumentFrequencies table =
        DocumentFrequencies.ofReferences("all", corpus.references, CaptionTokens.PTB);
    Map<String, String> one = Map.of("image-7", corpus.good.get("image-7"));
    CaptionOptions options = CaptionOptions.defaults().with(Evaluated.RESULTS);
    double alone = CaptionScores.of(corpus.references, one, options).corpus().get("CIDEr");
    CaptionScores all = CaptionScores.of(corpus.references, corpus.good, options.with(table));
    double within =
        CaptionScores.of(corpus.references, one, options.with(table)).corpus().get("CIDEr");
    assertThat(alone).isZero();
    assertThat(within)
        .isPositive()
        .isEqualTo(all.perImage("CIDEr")[all.images().indexOf("image-7")]);
  }

  @Test
  void everyReferenceNeedsAResultUnlessOnlyResultsCount() {
    Corpus corpus = new Corpus(10, 6);
    Map<String, String> some = new LinkedHashMap<>(corpus.good);
    some.remove("image-3");
    some.remove("image-4");
    assertThatThrownBy(() -> CaptionScores.of(corpus.references, some))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("2 of 10 images")
        .hasMessageContaining("the first is image-3");
    CaptionOptions options = CaptionOptions.defaults().with(Evaluated.RESULTS);
    CaptionScores scores = CaptionScores.of(corpus.references, some, options);
    assertThat(scores.images()).hasSize(8);
    assertThat(scores.variants()).containsEntry("images", "with results");
    some.put("unknown", "a dog");
    assertThatThrownBy(() -> CaptionScores.of(corpus.references, some, options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("image unknown has a result but no references");
    assertThatThrownBy(() -> CaptionScores.of(corpus.references, Map.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no results");
  }
}
