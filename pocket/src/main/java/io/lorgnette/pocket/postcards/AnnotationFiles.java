package io.lorgnette.pocket.postcards;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.words.Captions;
import io.lorgnette.pocket.postcards.words.Question;
import io.lorgnette.pocket.postcards.words.Questions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The annotation files of one split, in the formats of COCO captions and VQA v2. */
final class AnnotationFiles {

  /** A question id is its image id times this, plus its number, as in VQA v2. */
  private static final int QUESTIONS_PER_IMAGE = 1000;

  private static final JsonFactory JSON = new JsonFactory();

  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  private AnnotationFiles() {}

  static void write(Path root, Split split, List<Scene> scenes) throws IOException {
    file(Folder.captions(root, split), json -> captions(json, split, scenes));
    List<List<Question>> questions = scenes.stream().map(Questions::of).toList();
    file(Folder.questions(root, split), json -> questions(json, split, questions));
    file(Folder.answers(root, split), json -> answers(json, split, questions));
  }

  private static void file(Path path, Body body) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(path.toFile(), JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeObjectFieldStart("info");
      json.writeStringField("description", "Lorgnette postcards, drawn by seed");
      json.writeStringField("version", Integer.toString(Postcards.VERSION));
      json.writeEndObject();
      body.write(json);
      json.writeEndObject();
    }
  }

  private static void captions(JsonGenerator json, Split split, List<Scene> scenes)
      throws IOException {
    json.writeArrayFieldStart("images");
    for (int i = 0; i < scenes.size(); i++) {
      int id = Folder.imageId(split, i);
      json.writeStartObject();
      json.writeNumberField("id", id);
      json.writeStringField("file_name", Folder.imageName(split, id));
      json.writeNumberField("width", scenes.get(i).stage().width());
      json.writeNumberField("height", scenes.get(i).stage().height());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("annotations");
    for (int i = 0; i < scenes.size(); i++) {
      List<String> captions = Captions.of(scenes.get(i));
      for (int c = 0; c < captions.size(); c++) {
        json.writeStartObject();
        json.writeNumberField("id", Folder.imageId(split, i) * Captions.COUNT + c);
        json.writeNumberField("image_id", Folder.imageId(split, i));
        json.writeStringField("caption", captions.get(c));
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void questions(JsonGenerator json, Split split, List<List<Question>> all)
      throws IOException {
    header(json, split);
    json.writeStringField("task_type", "Open-Ended");
    json.writeArrayFieldStart("questions");
    for (int i = 0; i < all.size(); i++) {
      for (int q = 0; q < all.get(i).size(); q++) {
        json.writeStartObject();
        json.writeNumberField("image_id", Folder.imageId(split, i));
        json.writeStringField("question", all.get(i).get(q).text());
        json.writeNumberField("question_id", questionId(split, i, q));
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void answers(JsonGenerator json, Split split, List<List<Question>> all)
      throws IOException {
    header(json, split);
    json.writeArrayFieldStart("annotations");
    for (int i = 0; i < all.size(); i++) {
      for (int q = 0; q < all.get(i).size(); q++) {
        Question question = all.get(i).get(q);
        json.writeStartObject();
        json.writeStringField("question_type", question.type());
        json.writeStringField("multiple_choice_answer", question.best());
        json.writeArrayFieldStart("answers");
        for (int a = 0; a < question.answers().size(); a++) {
          json.writeStartObject();
          json.writeStringField("answer", question.answers().get(a));
          json.writeStringField("answer_confidence", "yes");
          json.writeNumberField("answer_id", a + 1);
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("image_id", Folder.imageId(split, i));
        json.writeStringField("answer_type", question.answerType());
        json.writeNumberField("question_id", questionId(split, i, q));
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static void header(JsonGenerator json, Split split) throws IOException {
    json.writeStringField("data_type", "postcards");
    json.writeStringField("data_subtype", split.valName());
  }

  private static int questionId(Split split, int index, int number) {
    return Folder.imageId(split, index) * QUESTIONS_PER_IMAGE + number;
  }
}
