package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorgnette.metrics.VqaEvaluator.LeaveOut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Published files as they are; skipped where they are not at hand. */
class RealFilesTest {

  private static Path data(String name) {
    String set = System.getenv("LORGNETTE_DATA");
    // Tests run in the module's folder; data lies beside the repository.
    Path path = (set == null ? Path.of("..", "..", "shared", "data") : Path.of(set)).resolve(name);
    assumeTrue(Files.exists(path), path + " is not here");
    return path;
  }

  @Test
  void cocoCaptions() {
    Map<String, List<String>> references =
        CaptionFiles.readReferences(data("coco_captions/captions_val2017.json"));
    assertThat(references).hasSize(4_837);
    assertThat(references.values().stream().mapToInt(List::size).sum()).isEqualTo(24_198);
    // People against people: the first caption of each image against its others.
    Map<String, String> results = new LinkedHashMap<>();
    Map<String, List<String>> others = new LinkedHashMap<>();
    references.forEach(
        (image, captions) -> {
          results.put(image, captions.get(0));
          others.put(image, captions.subList(1, captions.size()));
        });
    CaptionScores scores = CaptionScores.of(others, results);
    assertThat(scores.corpus().get("CIDEr")).isBetween(0.7, 1.1);
    Interval interval = scores.interval("CIDEr", 1, 100);
    assertThat(interval.high() - interval.low()).isBetween(0.01, 0.1);
  }

  @Test
  void captionResults() {
    assertThat(
            CaptionFiles.readResults(data("coco_captions/captions_val2014_fakecap_results.json")))
        .hasSize(1_000);
    assertThat(CaptionFiles.readResults(data("vizwiz_caps/fake_caption_val.json.gz")))
        .hasSize(7_750);
  }

  /** Answers each question as most of its annotators did. */
  private static VqaScores mostFrequent(Path path, LeaveOut leaveOut) {
    Map<String, VqaAnnotation> annotations = VqaFiles.readAnnotations(path);
    Map<String, String> results = new LinkedHashMap<>();
    annotations.forEach(
        (question, annotation) ->
            results.put(
                question,
                annotation.answers().stream()
                    .map(HumanAnswer::answer)
                    .collect(
                        Collectors.groupingBy(
                            Function.identity(), LinkedHashMap::new, Collectors.counting()))
                    .entrySet()
                    .stream()
                    .max(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey()));
    return VqaScores.of(annotations, results, VqaOptions.defaults().with(leaveOut));
  }

  @Test
  void vqaAnnotations() {
    Path path = data("vqav2_coco/v2_mscoco_dev_annotations.json");
    VqaScores scores = mostFrequent(path, LeaveOut.INDEX);
    assertThat(scores.questions()).hasSize(426);
    assertThat(scores.byAnswerType()).containsOnlyKeys("number", "other", "yes/no");
    assertThat(scores.overall()).isBetween(0.8, 1.0);
    assertThat(mostFrequent(path, LeaveOut.RECORD).overall()).isEqualTo(scores.overall());
    assertThat(
            VqaFiles.readQuestions(data("vqav2_coco/v2_OpenEnded_mscoco_dev_questions.json"))
                .keySet())
        .containsExactlyInAnyOrderElementsOf(scores.questions());
  }

  @Test
  void vizWizAnswersHaveNoIds() {
    Path path = data("vizwiz_vqa/val_annotations_vqa_format.json.gz");
    double byIndex = mostFrequent(path, LeaveOut.INDEX).overall();
    double byRecord = mostFrequent(path, LeaveOut.RECORD).overall();
    // On all 4,319 questions 94.11 % and 67.06 %; half of them are here.
    assertThat(byIndex).isBetween(0.92, 0.96);
    assertThat(byRecord).isBetween(0.64, 0.70);
  }
}
