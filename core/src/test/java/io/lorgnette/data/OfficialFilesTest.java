package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small files in the layouts of TextCaps, VizWiz, OK-VQA, TextVQA, GQA, nocaps, Flickr30k, CC3M,
 * LAVIS and MiniGPT-4, written by hand from their descriptions, at their usual places.
 */
class OfficialFilesTest {
  @TempDir Path folder;
  private final Problems problems = Problems.collecting();
  private NativeFiles files;

  @BeforeEach
  void root() {
    files = new NativeFiles(folder);
  }

  private Dataset open(String name, Split split) {
    return Datasets.open(
        DatasetSpec.named(name, split),
        new DataRoots(Optional.of(folder), Optional.empty()),
        problems);
  }

  private List<String> sentences() {
    return problems.kept().stream()
        .map(Problem::toString)
        .map(s -> s.replace(folder.toString() + File.separator, ""))
        .toList();
  }

  // ---- captions ----

  @Test
  void textCapsRowsOfOneImageAreGathered() {
    files
        .text(
            "textcaps/TextCaps_0.1_val.json",
            """
            {"dataset_type": "val", "data": [
              {"image_id": "0a1b", "image_path": "train/0a1b.jpg", "caption_id": 3,
               "caption_str": "A sign that says Łódź.",
               "reference_strs": ["A sign that says Łódź.", "A sign."]},
              {"image_id": "ffee", "caption_id": 5, "caption_str": "A cup.", "reference_strs": []},
              {"image_id": "0a1b", "caption_id": 4, "caption_str": "A sign."},
              {"image_id": "0a1b", "caption_id": 4, "caption_str": "Again."},
              {"image_id": "ffee", "caption_id": 6, "caption_str": " . "},
              {"image_id": "../x", "caption_id": 7, "caption_str": "Out."}]}
            """)
        .photos("textvqa/train_images", "0a1b.jpg", "ffee.jpg");
    try (Dataset data = open("textcaps", Split.VAL)) {
      assertThat(data.examples().map(Example::id)).containsExactly("0a1b", "ffee");
      assertThat(data.example(0).captions()).containsExactly("A sign that says Łódź.", "A sign.");
      assertThat(data.example(1).captions()).containsExactly("A cup.");
      assertThat(data.example(0).image().bytes()).asString().isEqualTo("photo 0a1b.jpg");
      assertThat(data.captionCount()).isEqualTo(3);
    }
    String file = "textcaps/TextCaps_0.1_val.json";
    assertThat(sentences())
        .containsExactly(
            file + ", line 7, data[3]: the id 4 was there before.",
            file + ", line 8, data[4]: the caption has no words.",
            file + ", line 9, data[5]: expected a TextCaps row with image_id and caption_str.");
  }

  private static final String VIZWIZ =
      """
      {"images": [
        {"id": 1, "file_name": "VizWiz_val_1.jpg", "text_detected": true},
        {"id": 2, "file_name": "VizWiz_val_2.jpg"},
        {"id": 3, "file_name": "VizWiz_val_3.jpg"}],
       "annotations": [
        {"id": 1, "image_id": 1, "caption": "a box", "is_precanned": false, "is_rejected": false},
        {"id": 2, "image_id": 1, "caption": "Quality.", "is_precanned": true, "is_rejected": false},
        {"id": 3, "image_id": 1, "caption": "spam", "is_precanned": false, "is_rejected": true},
        {"id": 4, "image_id": 2, "caption": "Quality.", "is_precanned": true, "is_rejected": false}]}
      """;

  @Test
  void vizWizCaptionsDropPrecannedAndRejectedOnesAndImagesThatKeepNone() {
    files
        .text("vizwiz_caps/annotations/val.json", VIZWIZ)
        .photos("vizwiz_caps/val", "VizWiz_val_1.jpg", "VizWiz_val_2.jpg", "VizWiz_val_3.jpg");
    try (Dataset data = open("vizwiz-captions", Split.VAL)) {
      assertThat(data.examples().map(Example::captions)).containsExactly(List.of("a box"));
      assertThat(data.spec().remarks())
          .isEqualTo(Map.of("references", "without precanned and rejected captions"));
    }
    // Image 2 lost its only caption on purpose, image 3 never had one.
    assertThat(sentences())
        .containsExactly("VizWiz_val_3.jpg: the image has no usable caption or question.");
    String kept = "{kind: vizwiz-captions, split: val, precanned: true, rejected: %s}";
    try (Dataset data = files.open(kept.formatted(false), problems);
        Dataset all = files.open(kept.formatted(true), problems)) {
      assertThat(data.examples().map(Example::captions))
          .containsExactly(List.of("a box", "Quality."), List.of("Quality."));
      assertThat(all.captionCount()).isEqualTo(4);
      assertThat(data.spec().remarks()).containsValue("without rejected captions");
      assertThat(all.spec().remarks()).isEmpty();
    }
  }

  @Test
  void nocapsHasOnlyItsValidationSplit() {
    files
        .text(
            "nocaps/nocaps_val_4500_captions.json",
            """
            {"images": [{"id": 0, "file_name": "0013ea.jpg", "open_images_id": "0013ea",
                         "domain": "near-domain"}],
             "annotations": [{"id": 0, "image_id": 0, "caption": "A baby."},
                             {"id": 1, "image_id": 0, "caption": "Baby."}]}
            """)
        .photos("nocaps/images", "0013ea.jpg");
    try (Dataset data = open("nocaps", Split.VAL)) {
      assertThat(data.example(0).id()).isEqualTo("0");
      assertThat(data.example(0).captions()).containsExactly("A baby.", "Baby.");
    }
    assertThatThrownBy(() -> DatasetSpec.named("nocaps", Split.TRAIN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("split must be val, the only one of nocaps with captions.");
  }

  @Test
  void karpathysCocoLiesInItsFoldersAndTrainTakesRestval() {
    files
        .text(
            "coco/dataset_coco.json",
            """
            {"dataset": "coco", "images": [
              {"filepath": "val2014", "filename": "COCO_val2014_000000000042.jpg", "cocoid": 42,
               "split": "test", "sentids": [1], "sentences": [{"raw": "A shoe.", "tokens": ["a"]}]},
              {"filepath": "val2014", "filename": "COCO_val2014_000000000073.jpg", "cocoid": 73,
               "split": "restval", "sentences": [{"raw": "A bike."}]}]}
            """)
        .photos("coco/val2014", "COCO_val2014_000000000042.jpg", "COCO_val2014_000000000073.jpg");
    try (Dataset test = open("coco-karpathy", Split.TEST);
        Dataset train = open("coco-karpathy", Split.TRAIN)) {
      assertThat(test.examples().map(Example::id)).containsExactly("42");
      assertThat(train.examples().map(Example::id)).containsExactly("73");
      assertThat(test.example(0).image().bytes()).asString().contains("42.jpg");
    }
  }

  @Test
  void lavisWritesOneCaptionARowInTrainAndAllOfThemInVal() {
    files
        .text(
            "coco/coco_karpathy_train.json",
            """
            [{"caption": "A bike.", "image": "train2014/COCO_train2014_000000000009.jpg",
              "image_id": "coco_9"},
             {"caption": "Bike!", "image": "train2014/COCO_train2014_000000000009.jpg",
              "image_id": "coco_9"},
             {"caption": 5, "image": "x.jpg"}]
            """)
        .text(
            "coco/coco_karpathy_val.json",
            """
            [{"image": "val2014/COCO_val2014_000000000042.jpg", "caption": ["A shoe.", "Shoes."]}]
            """)
        .photos("coco/train2014", "COCO_train2014_000000000009.jpg")
        .photos("coco/val2014", "COCO_val2014_000000000042.jpg");
    try (Dataset train = open("lavis-coco", Split.TRAIN);
        Dataset val = open("lavis-coco", Split.VAL)) {
      assertThat(train.example(0).id()).isEqualTo("9");
      assertThat(train.example(0).captions()).containsExactly("A bike.", "Bike!");
      assertThat(val.example(0).id()).isEqualTo("42");
      assertThat(val.example(0).captions()).containsExactly("A shoe.", "Shoes.");
      assertThat(val.captionCount()).isEqualTo(2);
    }
    assertThat(sentences())
        .containsExactly(
            "coco/coco_karpathy_train.json, line 5, [2]: expected a LAVIS row with image and"
                + " caption.");
  }

  @Test
  void flickr30kIsKarpathysFileOrItsOwnTokenFile() {
    files
        .text(
            "flickr30k/dataset_flickr30k.json",
            """
            {"images": [{"filename": "36979.jpg", "split": "test", "imgid": 1,
                         "sentences": [{"raw": "A boy ."}]}]}
            """)
        .text(
            "flickr30k/results_20130124.token",
            "36979.jpg#0\tA boy .\n36979.jpg#1\tBoy\n7.jpg#0\tx")
        .text("flickr30k/test.txt", "36979\n")
        .photos("flickr30k/images", "36979.jpg");
    String own = "{kind: flickr30k, split: test, tokens: flickr30k/results_20130124.token}";
    try (Dataset karpathy = open("flickr30k", Split.TEST);
        Dataset tokens = files.open(own, problems)) {
      assertThat(karpathy.example(0).captions()).containsExactly("A boy .");
      assertThat(tokens.example(0).captions()).containsExactly("A boy .", "Boy");
      assertThat(tokens.example(0).id()).isEqualTo(karpathy.example(0).id()).isEqualTo("36979");
    }
    assertThat(problems.kept()).isEmpty();
  }

  @Test
  void cc3mTakesQuotesAsTheyAreAndPhotosByTheNumberOfTheLine() {
    files
        .text(
            "conceptual_captions/Validation_GCC-1.1.0-Validation.tsv",
            "a \"quoted word\thttp://a/1.jpg\nno address\n\"two\" \" cups\thttp://a/2.jpg\n")
        .photos("conceptual_captions/val", "000000002.jpg");
    try (Dataset data = open("cc3m", Split.VAL)) {
      assertThat(data.example(0).id()).isEqualTo("2");
      assertThat(data.example(0).captions()).containsExactly("\"two\" \" cups");
    }
    assertThat(sentences())
        .containsExactly(
            "conceptual_captions/Validation_GCC-1.1.0-Validation.tsv, line 2: expected a caption, a"
                + " tab, and an address.",
            "000000000.jpg: the image is not in folder conceptual_captions/val.");
    String texts = "{kind: cc3m, split: val, images: [], image_name: 'x{id}.png'}";
    try (Dataset data = files.open(texts, problems)) {
      assertThat(data.example(0).captions()).containsExactly("a \"quoted word");
      assertThat(data.image(1).name()).isEqualTo("x2.png");
    }
  }

  @Test
  void miniGpt4HasOneLongCaptionAnImage() {
    files
        .text(
            "minigpt4/filter_cap.json",
            "{\"annotations\": [{\"image_id\": \"2\", \"caption\": \"Long. Longer.\"}]}")
        .photos("minigpt4/image", "2.jpg");
    try (Dataset data = open("minigpt4", Split.TRAIN)) {
      assertThat(data.example(0).captions()).containsExactly("Long. Longer.");
    }
  }

  // ---- questions ----

  @Test
  void textVqaKeepsItsSpecialAnswersAndTheirCase() {
    files
        .text(
            "textvqa/TextVQA_0.5.1_val.json",
            """
            {"data": [
              {"question_id": 34602, "question": "what brand?", "image_id": "00aa",
               "answers": ["Nokia", "nokia", "unanswerable",
                           "answering does not require reading text in the image"],
               "image_classes": ["Phone"], "set_name": "val"},
              {"question_id": 34602, "question": "twice?", "image_id": "00aa", "answers": ["x"]}]}
            """)
        .text(
            "textvqa/TextVQA_0.5.1_test.json",
            "{\"data\": [{\"question_id\": 1, \"question\": \"why?\", \"image_id\": \"00bb\"}]}")
        .photos("textvqa/train_images", "00aa.jpg")
        .photos("textvqa/test_images", "00bb.jpg");
    try (Dataset val = open("textvqa", Split.VAL);
        Dataset test = open("textvqa", Split.TEST)) {
      assertThat(val.example(0).questions())
          .containsExactly(
              new Question(
                  "34602",
                  "what brand?",
                  "",
                  "",
                  List.of(
                      "Nokia",
                      "nokia",
                      "unanswerable",
                      "answering does not require reading text in the image")));
      assertThat(test.example(0).questions())
          .containsExactly(new Question("1", "why?", "", "", List.of()));
      assertThat(val.spec().answerStyle()).isEqualTo(AnswerStyle.READ_TEXT);
    }
    assertThat(problems.count(Kind.DUPLICATE)).isEqualTo(1);
  }

  @Test
  void vizWizQuestionsAreKnownByTheirFileName() {
    files
        .text(
            "vizwiz_vqa/val.json",
            """
            [{"image": "VizWiz_val_2.jpg", "question": "Which one?", "answer_type": "other",
              "answers": [{"answer": "blue", "answer_confidence": "yes"},
                          {"answer": "unanswerable", "answer_confidence": "no"}],
              "answerable": 1},
             {"image": "VizWiz_val_3.jpg", "question": "Why?", "answer_type": "unanswerable",
              "answers": [{"answer": "unanswerable"}], "answerable": 0}]
            """)
        .photos("vizwiz_vqa/val", "VizWiz_val_2.jpg", "VizWiz_val_3.jpg");
    try (Dataset data = open("vizwiz-vqa", Split.VAL)) {
      assertThat(data.example(0).questions())
          .containsExactly(
              new Question(
                  "VizWiz_val_2.jpg",
                  "Which one?",
                  "",
                  "other",
                  List.of("blue", "unanswerable"),
                  Optional.of(true)));
      assertThat(data.example(1).questions().get(0).answerable()).contains(false);
      assertThat(data.spec().answerStyle()).isEqualTo(AnswerStyle.BLIND_PEOPLE);
    }
    assertThat(problems.kept()).isEmpty();
  }

  @Test
  void okVqaIsJudgedByStemsAndTrainedOnWhatPeopleWrote() {
    for (String split : List.of("train", "val")) {
      String part = "mscoco_" + split + "2014_";
      files
          .text(
              "okvqa/OpenEnded_" + part + "questions.json",
              "{\"data_subtype\": \""
                  + split
                  + "2014\", \"questions\": [{\"image_id\": 51606, \"question\": \"What sport?\","
                  + " \"question_id\": 516065}]}")
          .text(
              "okvqa/" + part + "annotations.json",
              """
              {"annotations": [{"image_id": 51606, "question_id": 516065,
                "question_type": "four", "answer_type": "other", "confidence": 3,
                "answers": [
                  {"answer_id": 1, "raw_answer": "surfing", "answer": "surf",
                   "answer_confidence": "yes"},
                  {"answer_id": 2, "raw_answer": "surfing", "answer": "surf"}]}]}
              """)
          .photos("coco/" + split + "2014", "COCO_" + split + "2014_000000051606.jpg");
    }
    try (Dataset train = open("okvqa", Split.TRAIN);
        Dataset val = open("okvqa", Split.VAL)) {
      Question question = val.example(0).questions().get(0);
      assertThat(question)
          .isEqualTo(
              new Question("516065", "What sport?", "four", "other", List.of("surf", "surf")));
      assertThat(train.example(0).questions().get(0).answers())
          .containsExactly("surfing", "surfing");
      assertThat(val.spec().answerStyle()).isEqualTo(AnswerStyle.STEMS);
      assertThat(train.spec().answerStyle()).isEqualTo(AnswerStyle.TEN_PEOPLE);
    }
  }

  private static final String GQA =
      """
      {"0293": {"semantic": [], "question": "Is it über green?", "imageId": "2405", "answer": "no",
                "types": {"structural": "verify", "detailed": "verifyAttr"}},
       "0294" : {"question": "What is it?", "imageId": "2406", "answer": "frog",
                "types": {"structural": "query"}},
       "0295": 7,
       "0296": {"question": "Who?", "imageId": "2405", "answer": "man"}}
      """;

  @Test
  void gqaQuestionsAreKnownByTheirKey() {
    files
        .text("gqa/testdev_balanced_questions.json", GQA)
        .photos("gqa/images", "2405.jpg", "2406.jpg");
    try (Dataset data = open("gqa", Split.TEST)) {
      assertThat(data.example(0).questions())
          .containsExactly(
              new Question("0293", "Is it über green?", "verify", "binary", List.of("no")),
              new Question("0296", "Who?", "", "", List.of("man")));
      assertThat(data.example(1).questions())
          .containsExactly(new Question("0294", "What is it?", "query", "open", List.of("frog")));
    }
    assertThat(sentences())
        .containsExactly(
            "gqa/testdev_balanced_questions.json, line 5, \"0295\": not an object in braces.");
  }

  @Test
  void filesOfAnotherShapeAreOneSentence() {
    files.text("a.json", "[1]").text("b.json", "{}").text("c.json", "{\"x\": {\"y\": 1}");
    assertThatThrownBy(() -> files.open("{kind: gqa, file: a.json, images: []}", problems))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(
            "a.json: not a JSON object; expected rows, each a GQA question with imageId and"
                + " question.");
    assertThatThrownBy(() -> files.open("{kind: vizwiz-vqa, file: b.json, images: []}", problems))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(
            "b.json: not a JSON list; expected rows, each a VizWiz row with image and question.");
    assertThatThrownBy(() -> files.open("{kind: gqa, file: c.json, images: []}", problems))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("c.json, line 1, column ");
    assertThatThrownBy(() -> files.open("{kind: textvqa, file: b.json, images: []}", problems))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there is no list \"data\"");
  }
}
