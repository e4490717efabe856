package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** METEOR against recorded outputs of the METEOR 1.5 jar, with the jar's own word lists. */
class MeteorGoldensTest {

  private static List<String> references(JsonNode segment) {
    List<String> references = new ArrayList<>();
    segment.get("references").forEach(text -> references.add(text.asText()));
    return references;
  }

  private static int[] numbers(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }

  private static void assertStatistics(MeteorData data, String modules) {
    Meteor meteor = new Meteor(data);
    JsonNode golden = Goldens.read("meteor/mixtures.json");
    assertThat(golden).hasSize(600);
    for (JsonNode segment : golden) {
      assertThat(meteor.statistics(segment.get("hypothesis").asText(), references(segment)))
          .as("%s", segment)
          .isEqualTo(numbers(segment.get(modules)));
    }
  }

  /** The lists of {@code folder} without the paraphrases. */
  private static MeteorData withoutParaphrases(Path folder) throws IOException {
    Path jar = MeteorFolder.path().resolve("meteor-1.5.jar");
    Files.copy(jar, folder.resolve(jar.getFileName()));
    MeteorData data = MeteorData.load(folder);
    assertThat(data.name()).isEqualTo("METEOR (exact, stem, synonym)");
    return data;
  }

  @Test
  void all23NumbersOfHostileMixtures() {
    assertStatistics(MeteorFolder.data(), "all");
  }

  @Test
  void withoutParaphrasesToo(@TempDir Path folder) throws IOException {
    assertStatistics(withoutParaphrases(folder), "exact_stem_synonym");
  }

  @Test
  void unpackedListsAreTheSame(@TempDir Path folder) throws IOException {
    Path jar = MeteorFolder.path().resolve("meteor-1.5.jar");
    try (FileSystem files = FileSystems.newFileSystem(jar)) {
      for (String name :
          List.of(
              "function/english.words",
              "nonbreaking/english.prefixes",
              "synonym/english.synsets",
              "synonym/english.exceptions")) {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.copy(files.getPath("/" + name), folder.resolve(name));
      }
    }
    assertStatistics(MeteorData.load(folder), "exact_stem_synonym");
  }

  @Test
  void thePublishedTableHasAllItsPairs() {
    assertThat(MeteorFolder.data().name()).isEqualTo("METEOR");
    assertThat(MeteorFolder.data().paraphrases().size()).isEqualTo(5_274_084);
  }

  @Test
  void corpusAndImagesOfTheCaptionEvaluation() {
    CaptionScores scores =
        CaptionScores.of(
            CaptionFiles.readReferences(Goldens.path("metrics/annotations.json")),
            CaptionFiles.readResults(Goldens.path("metrics/results.json")),
            CaptionOptions.defaults().with(MeteorFolder.data()));
    JsonNode golden = Goldens.read("metrics/golden.json");
    assertThat(scores.metrics()).endsWith("METEOR");
    assertThat(scores.corpus().get("METEOR"))
        .isCloseTo(golden.get("corpus").get("METEOR").asDouble(), within(1e-15));
    double[] images = scores.perImage("METEOR");
    assertThat(images).hasSize(240);
    for (int i = 0; i < images.length; i++) {
      assertThat(images[i])
          .isCloseTo(
              golden.at("/per_image/" + scores.images().get(i) + "/METEOR").asDouble(),
              within(1e-15));
    }
  }

  /** The worked example of the field: three images, scored without paraphrases. */
  @Test
  void aWorkedExampleWithoutParaphrases(@TempDir Path folder) throws IOException {
    Map<String, List<String>> references = CaptionScoresTest.threeImages();
    Map<String, String> results = CaptionScoresTest.threeResults("a plate of rice");
    CaptionOptions options =
        CaptionOptions.defaults().with(CaptionTokens.WHITESPACE).with(withoutParaphrases(folder));
    CaptionScores scores = CaptionScores.of(references, results, options);
    String name = "METEOR (exact, stem, synonym)";
    assertThat(scores.corpus().get(name)).isCloseTo(0.3670852350, within(1e-10));
    assertThat(scores.perImage(name))
        .containsExactly(new double[] {0.4393419633, 0.3887885653, 0.2581998173}, within(1e-10));
  }

  /** Without any list the alignment is the jar's still, only the weights of words are not. */
  @Test
  void lengthsAndMatchesNeedNoLists() {
    Meteor meteor = new Meteor(MeteorData.none());
    int compared = 0;
    for (JsonNode segment : Goldens.read("meteor/mixtures.json")) {
      String hypothesis = segment.get("hypothesis").asText();
      List<String> references = references(segment);
      // Of several references the best one counts, and abbreviations are a list.
      if (references.size() > 1
          || (hypothesis + " " + references).matches("(?s).*\\b(Mr|[Nn]o)\\..*")) {
        continue;
      }
      int[] expected = numbers(segment.get("exact_stem"));
      int[] ours = meteor.statistics(hypothesis, references);
      for (int field : new int[] {0, 1, 20, 21, 22}) {
        assertThat(ours[field]).as("%s", segment).isEqualTo(expected[field]);
      }
      compared++;
    }
    assertThat(compared).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "...", "?"})
  void nothingMatchesNothing(String empty) {
    Meteor meteor = new Meteor(MeteorData.none());
    assertThat(Meteor.score(meteor.statistics(empty, List.of("a dog")))).isZero();
    assertThat(Meteor.score(meteor.statistics("a dog", List.of(empty)))).isZero();
    assertThat(Meteor.score(meteor.statistics("", List.of("")))).isZero();
  }
}
