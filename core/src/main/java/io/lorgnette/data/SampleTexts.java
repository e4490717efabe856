package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the texts beside an image in a tar shard say: its JSON object ({@code image_id}, {@code
 * caption} or {@code captions}, {@code questions}) and its text, one caption that counts when the
 * JSON has none.
 *
 * @param id of the image: the JSON's, or else the sample's key
 * @param captions those that have words
 * @param questions those that have words
 */
public record SampleTexts(String id, List<String> captions, List<Question> questions) {

  public SampleTexts {
    captions = List.copyOf(captions);
    questions = List.copyOf(questions);
  }

  /**
   * Reads the texts of a sample.
   *
   * @param key of the sample
   * @param json bytes of its JSON member, or null
   * @param text bytes of its text member, or null
   * @throws InputException if the JSON is no object
   */
  public static SampleTexts of(String key, byte[] json, byte[] text) {
    String id = key;
    Annotations.Content content = new Annotations.Content(List.of(), List.of());
    if (json != null) {
      JsonNode object =
          Json.object(json)
              .orElseThrow(
                  () -> new InputException("the .json member of " + key + " is not a JSON object"));
      id = Json.text(object, "image_id").orElse(key);
      content = ImageJson.content(object, id);
    }
    List<String> captions = content.captions();
    if (text != null && captions.isEmpty()) {
      String caption = new String(text, StandardCharsets.UTF_8).strip();
      captions = CaptionText.hasWords(caption) ? List.of(caption) : List.of();
    }
    return new SampleTexts(id, captions, content.questions());
  }
}
