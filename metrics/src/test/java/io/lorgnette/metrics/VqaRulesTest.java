package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.metrics.VqaEvaluator.LeaveOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of OpenFlamingo, VizWiz, TextVQA and GQA; stems; what has no answer. */
class VqaRulesTest {

  private static List<HumanAnswer> people(String... answers) {
    return Stream.of(answers).map(answer -> new HumanAnswer(answer, "")).toList();
  }

  private static double score(VqaEvaluator evaluator, List<HumanAnswer> people, String said) {
    return VqaScores.of(
            Map.of("q", new VqaAnnotation("i", "", "", people)),
            Map.of("q", said),
            VqaOptions.defaults().with(evaluator))
        .overall();
  }

  /** Ten people who all say the same. */
  private static List<HumanAnswer> ten(String answer) {
    return IntStream.range(0, 10).mapToObj(i -> new HumanAnswer(answer, "id=" + i)).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # people    | said        | official | lavis | flamingo | vizwiz | textvqa
          yes         | Yes.        | 0        | 1     | 1        | 1      | 1
          2           | two         | 0        | 1     | 1        | 1      | 1
          Two.        | two         | 0        | 0     | 1        | 0      | 1
          don't       | dont        | 0        | 1     | 1        | 0      | 1
          don\u2019t  | dont        | 0        | 0     | 0        | 1      | 0
          can't       | cant        | 0        | 1     | 1        | 1      | 1
          The End     | The End     | 1        | 0     | 1        | 0      | 1
          levi's      | levi 's     | 0        | 0     | 0        | 0      | 1
          3,5 a/b     | 3,5 a/b     | 1        | 0     | 1        | 0      | 1
          3,5 a/b     | 35 a b      | 0        | 0     | 0        | 0      | 1
          blue?       | blue        | 0        | 0     | 1        | 0      | 1
          """)
  void unanimousPeopleShowWhatEachRuleNormalises(
      String people,
      String said,
      double official,
      double lavis,
      double flamingo,
      double vizwiz,
      double textVqa) {
    Map<VqaEvaluator, Double> expected = new LinkedHashMap<>();
    expected.put(VqaEvaluator.OFFICIAL, official);
    expected.put(VqaEvaluator.LAVIS, lavis);
    expected.put(VqaEvaluator.OPEN_FLAMINGO, flamingo);
    expected.put(VqaEvaluator.VIZWIZ, vizwiz);
    expected.put(VqaEvaluator.TEXTVQA, textVqa);
    expected.forEach(
        (evaluator, accuracy) ->
            assertThat(score(evaluator, ten(people), said))
                .as("%s", evaluator)
                .isEqualTo(accuracy));
  }

  /** The rules as METRICS tells them, written once more in the slowest way. */
  private static double slowly(VqaEvaluator rule, List<String> people, String said) {
    List<String> humans = new ArrayList<>();
    for (String answer : people) {
      humans.add(
          switch (rule) {
            case OPEN_FLAMINGO -> slowNormal(answer.strip());
            case TEXTVQA -> slowNormal(slowTokens(answer));
            default -> answer;
          });
    }
    String result =
        switch (rule) {
          case TEXTVQA -> slowNormal(slowTokens(said));
          default -> slowNormal(said.strip());
        };
    double sum = 0;
    for (int left = 0; left < humans.size(); left++) {
      int same = 0;
      for (int i = 0; i < humans.size(); i++) {
        if (i != left && humans.get(i).equals(result)) {
          same++;
        }
      }
      sum += same >= 3 ? 1 : same / 3.0;
    }
    return sum / humans.size();
  }

  private static String slowTokens(String text) {
    StringBuilder out = new StringBuilder();
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (lower.startsWith("'s", i)) {
        out.append(' ');
      }
      if (lower.charAt(i) != ',' && lower.charAt(i) != '?') {
        out.append(lower.charAt(i));
      }
    }
    return out.toString().strip();
  }

  private static String slowNormal(String text) {
    boolean number = false;
    for (int i = 1; i + 1 < text.length(); i++) {
      number |=
          text.charAt(i) == ','
              && Character.isDigit(text.charAt(i - 1))
              && Character.isDigit(text.charAt(i + 1));
    }
    StringBuilder marks = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (";/[]\"{}()=+\\_-><@`,?!".indexOf(c) < 0) {
        marks.append(c);
      } else if (!(number || text.contains(c + " ") || text.contains(" " + c))) {
        marks.append(' ');
      }
    }
    StringBuilder stops = new StringBuilder();
    for (int i = 0; i < marks.length(); i++) {
      boolean digitNext = i + 1 < marks.length() && Character.isDigit(marks.charAt(i + 1));
      if (marks.charAt(i) != '.' || digitNext) {
        stops.append(marks.charAt(i));
      }
    }
    List<String> words = new ArrayList<>();
    for (String word : stops.toString().toLowerCase(Locale.ROOT).split(" ", -1)) {
      String counted = word.equals("two") ? "2" : word.equals("none") ? "0" : word;
      if (!counted.isEmpty() && !List.of("a", "an", "the").contains(counted)) {
        words.add(counted);
      }
    }
    return String.join(" ", words);
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN_FLAMINGO", "VIZWIZ", "TEXTVQA"})
  void randomAnswersScoreAsTheSlowRuleSays(VqaEvaluator rule) {
    String[] pieces = {
      "red", "Red", "two", "2", " the ", "1,000", " ", ".", "/", "-", "?", "'s", "3.5"
    };
    int partly = 0;
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        StringBuilder answer = new StringBuilder("x ");
        for (int n = random.nextInt(3); n >= 0; n--) {
          answer.append(pieces[random.nextInt(pieces.length)]);
        }
        answers.add(answer.toString());
      }
      List<String> ten =
          IntStream.range(0, 10).mapToObj(i -> answers.get(random.nextInt(3))).toList();
      String said = answers.get(random.nextInt(4));
      double expected = slowly(rule, ten, said);
      partly += expected > 0 && expected < 1 ? 1 : 0;
      assertThat(score(rule, people(ten.toArray(String[]::new)), said))
          .as("seed %d: %s said %s", seed, ten, said)
          .isCloseTo(expected, within(1e-12));
    }
    assertThat(partly).isGreaterThan(100);
  }

  @Test
  void textVqaOfAnAnswerThatNobodyGaveIsNothing() {
    assertThat(score(VqaEvaluator.TEXTVQA, ten("nokia"), "noki a")).isZero();
    List<HumanAnswer> two = people("a b", "a b", "c", "c", "c", "c", "c", "c", "c", "c");
    assertThat(score(VqaEvaluator.TEXTVQA, two, "B")).isCloseTo(0.6, within(1e-12));
  }

  @Test
  void openFlamingoCountsUntypedQuestionsAsOther() {
    Map<String, VqaAnnotation> annotations =
        Map.of("1", new VqaAnnotation("i", "", "", ten("yes")));
    Map<String, String> results = Map.of("1", "yes");
    VqaOptions options = VqaOptions.defaults();
    assertThat(VqaScores.of(annotations, results, options).byAnswerType()).isEmpty();
    assertThat(
            VqaScores.of(annotations, results, options.with(VqaEvaluator.OPEN_FLAMINGO))
                .byAnswerType())
        .isEqualTo(Map.of("other", 1.0));
  }

  @Test
  void gqaComparesWithItsOneAnswerAndIsNotVqaAccuracy() {
    VqaAnnotation annotation = new VqaAnnotation("i", "query", "open", people("left"));
    VqaOptions options = VqaOptions.defaults().with(VqaEvaluator.GQA);
    VqaScores right = VqaScores.of(Map.of("q", annotation), Map.of("q", " left\n"), options);
    assertThat(right.overall()).isEqualTo(1);
    assertThat(right.metric()).isEqualTo("GQA accuracy");
    assertThat(right.variants()).containsKey("GQA accuracy").doesNotContainKey("VQA accuracy");
    assertThat(score(VqaEvaluator.GQA, people("left"), "Left")).isZero();
    assertThat(VqaScores.byEveryRule(Map.of("q", annotation), Map.of("q", "left"), options))
        .isEmpty();
  }

  @Test
  void everyRuleIsNamedWithItsNumber() {
    Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (JsonNode question : Goldens.read("vqa/questions.json")) {
      List<HumanAnswer> answers = new ArrayList<>();
      question
          .get("answers")
          .forEach(a -> answers.add(new HumanAnswer(a.get("answer").asText(), "")));
      String id = question.get("question_id").asText();
      annotations.put(id, new VqaAnnotation("i", "", "", answers));
      results.put(id, question.get("predicted").asText());
    }
    VqaOptions options = VqaOptions.defaults();
    Map<String, Double> all = VqaScores.byEveryRule(annotations, results, options);
    assertThat(all)
        .containsOnlyKeys(
            "official",
            "official, by record",
            "lavis",
            "lavis, by record",
            "open-flamingo",
            "open-flamingo, by record",
            "vizwiz",
            "vizwiz, by record",
            "textvqa",
            "textvqa, by record");
    assertThat(all)
        .containsEntry(
            "lavis", VqaScores.of(annotations, results, options.with(VqaEvaluator.LAVIS)).overall())
        .containsEntry(
            "official, by record",
            VqaScores.of(annotations, results, options.with(LeaveOut.RECORD)).overall());
    assertThat(all.get("official, by record")).isLessThan(all.get("official"));
  }

  // ---- OK-VQA ----

  @ParameterizedTest
  @CsvSource({
    "surfing, surf",
    "Racing, race",
    "running, run",
    "skateboarding, skateboard",
    "biking, bike",
    "dancing, dance",
    "driving, drive",
    "exercising, exercise",
    "eating, eat",
    "skiing, ski",
    "paddling, paddle",
    "flying, fly",
    "king, king",
    "building, build",
    "dogs, dog",
    "berries, berry",
    "ties, tie",
    "boxes, box",
    "dishes, dish",
    "potatoes, potato",
    "shoes, shoe",
    "horses, horse",
    "knives, knife",
    "wolves, wolf",
    "waves, wave",
    "glass, glass",
    "bus, bus",
    "tennis, tennis",
    "police, police",
    "jeans, jean",
    "weddings, wed",
    "las vegas, las vegas",
    "playing  Games, play game",
    "'', ''"
  })
  void stemsOfOkVqa(String answer, String stem) {
    assertThat(OkVqaStems.of(answer)).isEqualTo(stem);
  }

  @Test
  void stemmedAnswersMeetStemmedPeopleInThirdsOfFivePeople() {
    // One of five people, listed twice, says surf; so does the system, in another form.
    List<HumanAnswer> people =
        people("surf", "surf", "swim", "swim", "ski", "ski", "sail", "sail", "fish", "fish");
    VqaAnnotation annotation = new VqaAnnotation("i", "", "", people);
    VqaOptions plain = VqaOptions.defaults();
    VqaScores stems =
        VqaScores.of(Map.of("q", annotation), Map.of("q", "Surfing"), plain.withStems(true));
    assertThat(stems.overall()).isCloseTo(0.6, within(1e-12));
    assertThat(stems.variants()).containsEntry("answers", "OK-VQA stems by rules of spelling");
    VqaScores without = VqaScores.of(Map.of("q", annotation), Map.of("q", "Surfing"), plain);
    assertThat(without.overall()).isZero();
    assertThatThrownBy(() -> VqaScores.compare(stems, without, 1, 10))
        .hasMessageContaining("scored in the same way");
  }

  // ---- VizWiz ----

  @Test
  void averagePrecisionTakesEqualConfidencesTogether() {
    // By scikit-learn's definition: (1/2)(1/1) + (1/2)(2/3), then ties as one step.
    Answerability apart = Answerability.of(List.of(false, true, false), List.of(0.9, 0.8, 0.7));
    assertThat(apart.averagePrecision()).isCloseTo(0.5 + 1.0 / 3, within(1e-12));
    assertThat(apart.f1()).isCloseTo(0.8, within(1e-12));
    Answerability tied = Answerability.of(List.of(true, false, false), List.of(0.4, 0.4, 0.1));
    assertThat(tied.averagePrecision()).isCloseTo(0.5 * 0.5 + 0.5 * 2 / 3, within(1e-12));
    assertThat(tied.f1()).isZero();
    assertThat(Answerability.of(List.of(true), List.of(1.0)).averagePrecision()).isNaN();
    assertThatThrownBy(() -> Answerability.of(List.of(true), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unanswerable", " Unanswerable.", "the unanswerable"})
  void answersSayWhetherThereIsOne(String said) {
    Map<String, VqaAnnotation> annotations =
        Map.of(
            "1",
                new VqaAnnotation("1", "", "unanswerable", ten("unanswerable"), Optional.of(false)),
            "2", new VqaAnnotation("2", "", "other", ten("box"), Optional.of(true)));
    VqaOptions options = VqaOptions.defaults().with(VqaEvaluator.VIZWIZ);
    Map<String, String> results = Map.of("1", said, "2", "a box");
    VqaScores scores = VqaScores.of(annotations, results, options);
    assertThat(scores.answerability()).contains(new Answerability(1, 1));
    assertThat(scores.byAnswerType()).isEqualTo(Map.of("other", 1.0, "unanswerable", 1.0));
    Map<String, VqaAnnotation> unsaid = new LinkedHashMap<>(annotations);
    unsaid.put("2", new VqaAnnotation("2", "", "other", ten("box")));
    assertThat(VqaScores.of(unsaid, results, options).answerability()).isEmpty();
  }
}
