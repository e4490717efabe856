package io.lorgnette.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.AnswerStyle;
import java.util.Locale;

/** How the official evaluations of the benchmarks take results: a list of objects of two fields. */
public enum ResultFormat {
  /** COCO captions and its relatives. */
  CAPTIONS("image_id", "caption"),
  /** VQAv2, OK-VQA, TextVQA. */
  VQA("question_id", "answer"),
  /** VizWiz-VQA, whose questions are known by their image's file name. */
  VIZWIZ("image", "answer"),
  /** GQA. */
  GQA("questionId", "prediction");

  private final String idField;
  private final String textField;

  ResultFormat(String idField, String textField) {
    this.idField = idField;
    this.textField = textField;
  }

  static ResultFormat of(Task task, AnswerStyle style) {
    if (task == Task.CAPTIONS) {
      return CAPTIONS;
    }
    return switch (style) {
      case BLIND_PEOPLE -> VIZWIZ;
      case ONE -> GQA;
      case TEN_PEOPLE, STEMS, READ_TEXT, SET -> VQA;
    };
  }

  /** The name in files. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Writes one result; ids that are numbers become numbers, GQA's stay texts. */
  void put(ObjectNode result, String id, String text) {
    boolean number = this != GQA && id.matches("0|[1-9][0-9]{0,17}");
    if (number) {
      result.put(idField, Long.parseLong(id));
    } else {
      result.put(idField, id);
    }
    result.put(textField, text);
  }
}
