package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every loader over the real files; the counts are those of the data folder's README. */
class RealDataTest {
  private static final Pattern TRAINED = Pattern.compile("(?s).*[\\p{L}\\p{N}]\\.");
  private static final Pattern LOOSE = Pattern.compile("\\s[,;:.!?](\\s|$)|\\s\\s|\"");

  private final Problems problems = Problems.collecting();

  private Dataset open(String yaml) {
    DataRoots roots = new DataRoots(Optional.of(SharedData.root()), Optional.empty());
    DatasetSpec spec = RecipeReader.readText(yaml, "test", List.of(), DatasetSpec::read).value();
    return Datasets.open(spec, roots, problems);
  }

  /** Reads all texts and one photo in fifty, and checks that both are there. */
  private static void readThrough(Dataset data) {
    int[] seen = new int[3];
    Set<String> ids = new HashSet<>();
    data.examples()
        .forEach(
            example -> {
              assertThat(ids.add(example.id())).isTrue();
              if (seen[0]++ % 50 == 0) {
                byte[] bytes = example.image().bytes();
                assertThat(bytes).startsWith(0xFF, 0xD8);
                assertThat(bytes).endsWith(0xFF, 0xD9);
              }
              seen[1] += example.captions().size();
              seen[2] += example.questions().size();
            });
    assertThat(seen).containsExactly(data.size(), data.captionCount(), data.questionCount());
  }

  private void expect(String yaml, int images, int captions, int questions) {
    try (Dataset data = open(yaml)) {
      assertThat(data.size()).isEqualTo(images);
      assertThat(data.captionCount()).isEqualTo(captions);
      assertThat(data.questionCount()).isEqualTo(questions);
      readThrough(data);
    }
  }

  @Test
  void flickr8k() {
    expect("kind: flickr8k", 6000, 30000, 0);
    expect("{kind: flickr8k, split: dev}", 1000, 5000, 0);
    assertThat(problems.count()).isZero();
  }

  @Test
  void threeFormatsOfFlickr8kSayTheSame() {
    String karpathy =
        "{kind: karpathy, split: val, file: flickr8k/dataset_flickr8k.json,"
            + " images: [flickr8k/flickr8k-*.tar]}";
    String shards = "{kind: webdataset, split: val, images: [flickr8k/flickr8k-dev-*.tar]}";
    try (Dataset one = open("{kind: flickr8k, split: val}");
        Dataset two = open(karpathy);
        Dataset three = open(shards)) {
      Map<String, List<String>> captions = byId(one);
      assertThat(byId(two)).isEqualTo(captions);
      assertThat(byId(three)).isEqualTo(captions);
      assertThat(three.image(0).bytes()).isEqualTo(one.image(0).bytes());
    }
    expect(karpathy.replace("val", "train"), 6000, 30000, 0);
    expect("{kind: webdataset, images: ['flickr8k/flickr8k-*.tar']}", 6000, 30000, 0);
    assertThat(problems.count()).isZero();
  }

  private static Map<String, List<String>> byId(Dataset data) {
    // The files list the five captions of an image in different orders.
    return data.examples()
        .collect(Collectors.toMap(Example::id, e -> e.captions().stream().sorted().toList()));
  }

  @Test
  void cocoCaptions() {
    String tars = "images: [coco_captions/coco_captions-";
    expect("{kind: webdataset, " + tars + "train-000.tar]}", 163, 815, 0);
    expect("{kind: webdataset, split: dev, " + tars + "dev-000.tar]}", 80, 400, 0);
    assertThat(problems.count()).isZero();
    expect("kind: coco-captions", 79, 395, 0);
    expect("{kind: coco-captions, split: val, present_images_only: true}", 80, 400, 0);
    expect(
        "{kind: coco-captions, split: val, images: [coco_captions/coco_captions-*.tar],"
            + " present_images_only: true}",
        164,
        820,
        0);
    assertThat(problems.count()).isZero();
    try (Dataset data = open("{kind: coco-captions, split: val}")) {
      assertThat(data.size()).isEqualTo(80);
      assertThat(problems.count(Problem.Kind.MISSING_IMAGE)).isEqualTo(4837 - 80);
    }
    try (Dataset data = open("{kind: coco-captions, split: val, images: []}")) {
      assertThat(data.size()).isEqualTo(4837);
      assertThat(data.captionCount()).isEqualTo(24198);
      assertThat(problems.count()).isEqualTo(4837 - 80);
    }
  }

  @Test
  void vqa() {
    expect("kind: vqav2", 1760, 0, 2363);
    expect("{kind: vqav2, split: dev}", 229, 0, 426);
    expect("{kind: webdataset, images: ['vqav2_coco/*-train-*.tar']}", 1760, 0, 2363);
    assertThat(problems.count()).isZero();
    try (Dataset nativeFiles = open("{kind: vqav2, split: dev}");
        Dataset shards =
            open("{kind: webdataset, split: dev, images: [vqav2_coco/vqav2_coco-dev-*.tar]}")) {
      Map<String, List<Question>> questions = new HashMap<>();
      nativeFiles.examples().forEach(e -> questions.put(e.id(), e.questions()));
      shards.examples().forEach(e -> assertThat(questions).containsEntry(e.id(), e.questions()));
      assertThat(questions.values().stream().flatMap(List::stream))
          .allSatisfy(q -> assertThat(q.answers()).hasSize(10))
          .allSatisfy(q -> assertThat(q.answerType()).isIn("yes/no", "number", "other"));
    }
  }

  @Test
  void questionsWithoutImagesOfFourMakers() {
    String plain = "{kind: vqav2, images: [], image_name: '{id}.jpg', ";
    Map<String, Integer> sets =
        Map.of(
            "questions: vqav2_coco/no_image_questions.json.gz,"
                + " annotations: vqav2_coco/no_image_annotations.json.gz}",
            56403,
            "questions: okvqa/OpenEnded_mscoco_train2014_questions.json, annotations: ''}",
            9009,
            "questions: textvqa/val_questions_vqa_format.json,"
                + " annotations: textvqa/val_annotations_vqa_format.json}",
            2504,
            "questions: textvqa/train_questions_vqa_format.json, annotations: ''}",
            34602,
            "questions: vizwiz_vqa/val_questions_vqa_format.json,"
                + " annotations: vizwiz_vqa/val_annotations_vqa_format.json}",
            2160,
            "questions: vizwiz_vqa/train_questions_vqa_format.json, annotations: ''}",
            20523);
    sets.forEach(
        (files, questions) -> {
          try (Dataset data = open(plain + files)) {
            assertThat(data.questionCount()).isEqualTo(questions);
            assertThat(data.example(data.size() - 1).questions()).isNotEmpty();
          }
        });
    assertThat(problems.kept()).isEmpty();
  }

  @Test
  void conceptualCaptionsAndOkVqaQuestions() {
    try (Dataset cc = open("{kind: cc3m, split: val, images: []}");
        Dataset okVqa = open("{kind: okvqa, annotations: '', images: []}")) {
      assertThat(cc.size()).isEqualTo(15833);
      assertThat(cc.captionCount()).isEqualTo(15833);
      assertThat(cc.example(15832).captions().get(0)).isNotBlank().doesNotContain("\t");
      assertThat(okVqa.questionCount()).isEqualTo(9009);
      assertThat(okVqa.image(0).name()).matches("COCO_train2014_[0-9]{12}\\.jpg");
    }
    assertThat(problems.kept()).isEmpty();
  }

  @Test
  void daquar() {
    expect("kind: daquar", 699, 0, 5990);
    expect("{kind: daquar, split: dev}", 95, 0, 805);
    assertThat(problems.count()).isZero();
    try (Dataset nativeFile = open("{kind: daquar}");
        Dataset shards = open("{kind: webdataset, images: [daquar/daquar-train-*.tar]}")) {
      // One of the 700 photos has no question.
      assertThat(problems.count(Problem.Kind.NO_TEXT)).isEqualTo(1);
      Map<String, List<Question>> questions = new HashMap<>();
      nativeFile.examples().forEach(e -> questions.put(e.id(), e.questions()));
      assertThat(shards.size()).isEqualTo(699);
      shards.examples().forEach(e -> assertThat(questions).containsEntry(e.id(), e.questions()));
    }
  }

  @Test
  void everyRealTrainingCaptionEndsInOneAttachedFullStop() {
    int[] count = {0};
    List<String> bad = new ArrayList<>();
    for (String kind :
        List.of(
            "kind: flickr8k",
            "{kind: flickr8k, split: dev}",
            "{kind: coco-captions, images: []}",
            "{kind: coco-captions, split: val, images: []}")) {
      try (Dataset data = open(kind)) {
        data.examples()
            .flatMap(e -> e.captions().stream())
            .forEach(
                caption -> {
                  String trained = CaptionText.training(caption);
                  boolean good =
                      TRAINED.matcher(trained).matches()
                          && !LOOSE.matcher(trained).find()
                          && CaptionText.training(trained).equals(trained);
                  if (!good) {
                    bad.add(caption + " -> " + trained);
                  }
                  count[0]++;
                });
      }
    }
    assertThat(bad).isEmpty();
    assertThat(count[0]).isEqualTo(30000 + 5000 + 395 + 24198);
  }

  @Test
  void onePercentOfFlickr8k() {
    try (Dataset all = open("kind: flickr8k");
        Dataset one = open("{kind: flickr8k, subset: 0.01}");
        Dataset again = open("{kind: flickr8k, subset: 0.01}");
        Dataset other = open("{kind: flickr8k, subset: 0.01, subset_seed: 2}")) {
      assertThat(one.size()).isEqualTo(60);
      assertThat(ids(one)).isEqualTo(ids(again)).isNotEqualTo(ids(other));
      assertThat(one.fingerprint()).isEqualTo(again.fingerprint());
      assertThat(one.fingerprint().sha256())
          .isNotEqualTo(other.fingerprint().sha256())
          .isNotEqualTo(all.fingerprint().sha256());
      assertThat(one.fingerprint().files()).isEqualTo(all.fingerprint().files()).hasSize(2);
    }
  }

  private static List<String> ids(Dataset data) {
    return data.examples().map(Example::id).toList();
  }
}
