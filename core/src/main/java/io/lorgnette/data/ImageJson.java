package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One JSON object that says everything about one image: {@code caption} or {@code captions}, {@code
 * questions}, {@code split}. JSON lines and tar shards hold such objects.
 */
final class ImageJson {
  private ImageJson() {}

  /** Captions and questions that have words; what has none is passed over. */
  static Annotations.Content content(JsonNode object, String imageId) {
    List<String> captions = new ArrayList<>();
    if (object.path("captions").isArray()) {
      captions.addAll(QuestionJson.texts(object.get("captions")));
    } else if (object.path("caption").isTextual()) {
      captions.add(object.get("caption").asText());
    }
    captions.removeIf(caption -> !CaptionText.hasWords(caption));
    List<Question> questions = new ArrayList<>();
    for (JsonNode question : object.path("questions")) {
      QuestionJson.parse(question, imageId + "#" + questions.size()).ifPresent(questions::add);
    }
    return new Annotations.Content(captions, questions);
  }

  /** Counts captions and questions that {@link #content} passed over. */
  static void reportWordless(JsonNode object, String id, String place, DataFiles files) {
    Annotations.Content content = content(object, id);
    int captions = object.path("captions").isArray() ? object.get("captions").size() : 0;
    int questions = object.path("questions").size();
    if (content.captions().size() < captions || content.questions().size() < questions) {
      files.add(Problem.Kind.NO_TEXT, place, "a caption or question of " + id + " has no words.");
    }
  }

  static boolean isEmpty(Annotations.Content content) {
    return content.captions().isEmpty() && content.questions().isEmpty();
  }

  static Annotations.Entry entry(
      String id, String image, Annotations.Content content, long... slices) {
    return new Annotations.Entry(
        id, image, content.captions().size(), content.questions().size(), Slices.of(slices));
  }

  /** Whether the object's split is the wanted one; without a split it belongs to every one. */
  static boolean isOf(JsonNode object, Split wanted) {
    Optional<String> name = Json.text(object, "split");
    try {
      return name.isEmpty() || Split.of(name.get()) == wanted;
    } catch (InputException e) {
      return false;
    }
  }
}
