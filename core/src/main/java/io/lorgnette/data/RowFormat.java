package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Annotation files that are one long list of rows, each with one text, or a few, about an image.
 * Images come in the order of their first row.
 */
public enum RowFormat {
  /**
   * TextCaps (Sidorov et al. 2020), {@code TextCaps_0.1_*.json}: a row a caption, so that an image
   * has five rows, and every row repeats all five as {@code reference_strs}, which are not read.
   */
  TEXTCAPS("a TextCaps row with image_id and caption_str") {
    @Override
    Optional<Row> row(JsonNode record) {
      return captioned(
          Json.text(record, "image_id"),
          JPG,
          Json.text(record, "caption_id"),
          texts(record, "caption_str"));
    }
  },
  /**
   * TextVQA (Singh et al. 2019), {@code TextVQA_0.5.1_*.json}: ten answers as texts, absent in the
   * test file. They mix case and hold {@code unanswerable} and {@code answering does not require
   * reading text in the image}; all of them stay, as the official evaluator counts them.
   */
  TEXTVQA("a TextVQA row with image_id, question_id and question") {
    @Override
    Optional<Row> row(JsonNode record) {
      return asked(
          Json.text(record, "image_id"),
          JPG,
          Json.text(record, "question_id").flatMap(id -> QuestionJson.parse(record, id)));
    }
  },
  /**
   * VizWiz-VQA (Gurari et al. 2018), {@code train.json} and so on: one question an image, so its
   * file name is the question's id too.
   */
  VIZWIZ_VQA("a VizWiz row with image and question") {
    @Override
    Container container() {
      return Container.LIST;
    }

    @Override
    Optional<Row> row(JsonNode record) {
      Optional<String> image = Json.text(record, "image");
      return asked(image, "", image.flatMap(id -> QuestionJson.parse(record, id)));
    }
  },
  /**
   * GQA (Hudson and Manning 2019), {@code *_balanced_questions.json}: rows by question id, one
   * answer each. The question type is {@code types.structural}; the answer type is {@code open} for
   * queries and {@code binary} for the others, as GQA's own evaluation has it.
   */
  GQA("a GQA question with imageId and question") {
    @Override
    Container container() {
      return Container.MEMBERS;
    }

    @Override
    Optional<Row> row(JsonNode record) {
      String structural = Json.text(record.path("types"), "structural").orElse("");
      String answerType = structural.equals("query") ? "open" : "binary";
      return asked(
          Json.text(record, "imageId"),
          JPG,
          QuestionJson.parse(record, record.path(Json.KEY).asText())
              .map(
                  q ->
                      new Question(
                          q.id(),
                          q.text(),
                          structural,
                          structural.isEmpty() ? "" : answerType,
                          q.answers())));
    }
  },
  /**
   * The COCO captions of LAVIS, {@code coco_karpathy_*.json}: a caption a row in train, all
   * captions of an image a row in val and test; ids are texts such as {@code coco_391895}.
   */
  LAVIS_COCO("a LAVIS row with image and caption") {
    @Override
    Container container() {
      return Container.LIST;
    }

    @Override
    Optional<Row> row(JsonNode record) {
      return Json.text(record, "image")
          .filter(image -> record.path("caption").isTextual() || record.path("caption").isArray())
          .map(
              image ->
                  new Row(
                      cocoId(Json.text(record, "image_id"), image),
                      image,
                      Optional.empty(),
                      texts(record, "caption"),
                      Optional.empty()));
    }

    private static String cocoId(Optional<String> id, String image) {
      String stem = id.orElse(SafeName.stem(image));
      String tail = stem.substring(stem.lastIndexOf('_') + 1);
      return tail.matches("[0-9]{1,18}") ? Long.toString(Long.parseLong(tail)) : stem;
    }
  },
  /** MiniGPT-4's second stage, {@code filter_cap.json}: one long caption an image. */
  MINIGPT4("a MiniGPT-4 row with image_id and caption") {
    @Override
    String list() {
      return "annotations";
    }

    @Override
    Optional<Row> row(JsonNode record) {
      return captioned(
          Json.text(record, "image_id"), JPG, Optional.empty(), texts(record, "caption"));
    }
  };

  private static final String JPG = ".jpg";

  /** How the rows lie in the file. */
  enum Container {
    /** {@code {"data": [{...}, ...]}}. */
    FIELD,
    /** {@code [{...}, ...]}. */
    LIST,
    /** {@code {"KEY": {...}, ...}}. */
    MEMBERS
  }

  /**
   * One row.
   *
   * @param imageId of the image
   * @param image its file name
   * @param id of the row where it has one; a second row with it is left out
   * @param captions may be empty or wordless
   * @param question or empty
   */
  record Row(
      String imageId,
      String image,
      Optional<String> id,
      List<String> captions,
      Optional<Question> question) {}

  private final String what;

  RowFormat(String what) {
    this.what = what;
  }

  /** What a row is, for messages: {@code a TextCaps row with ...}. */
  String what() {
    return what;
  }

  Container container() {
    return Container.FIELD;
  }

  /** The list's name in {@link Container#FIELD}. */
  String list() {
    return "data";
  }

  /** Reads a row; empty when it does not say what it must. */
  abstract Optional<Row> row(JsonNode record);

  private static Optional<Row> captioned(
      Optional<String> image, String ending, Optional<String> id, List<String> captions) {
    return image.map(name -> new Row(name, name + ending, id, captions, Optional.empty()));
  }

  private static Optional<Row> asked(
      Optional<String> image, String ending, Optional<Question> question) {
    return image.flatMap(
        name ->
            question.map(
                q -> new Row(name, name + ending, Optional.of(q.id()), List.of(), question)));
  }

  /** A text or a list of texts. */
  private static List<String> texts(JsonNode record, String field) {
    JsonNode value = record.path(field);
    if (value.isArray()) {
      return QuestionJson.texts(value);
    }
    List<String> texts = new ArrayList<>();
    Json.text(record, field).ifPresent(texts::add);
    return texts;
  }
}
