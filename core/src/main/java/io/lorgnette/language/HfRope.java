package io.lorgnette.language;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.nn.Rotary;

/**
 * Rotary positions as {@code config.json} files say them: newer ones nest what older ones spread.
 */
final class HfRope {

  private static final double THETA = 10_000;

  private HfRope() {}

  static Rotary.Form halves(HfFields f, int headWidth) {
    HfFields nested =
        new HfFields(
            f.file(),
            f.json().path("rope_parameters").isObject()
                ? f.json().path("rope_parameters")
                : f.json().path("rope_scaling"));
    double theta = nested.number("rope_theta", f.number("rope_theta", THETA));
    return Rotary.Form.halves(headWidth, theta, scaling(nested));
  }

  private static Rotary.Llama3Scaling scaling(HfFields rope) {
    JsonNode json = rope.json();
    String type = json.path("rope_type").asText(json.path("type").asText("default"));
    return switch (type) {
      case "default" -> null;
      case "llama3" ->
          new Rotary.Llama3Scaling(
              positive(rope, "factor"),
              positive(rope, "low_freq_factor"),
              positive(rope, "high_freq_factor"),
              rope.integer("original_max_position_embeddings"));
      default ->
          throw new InputException(
              rope.file()
                  + " scales rotary positions by '"
                  + type
                  + "'; default and llama3 are known");
    };
  }

  private static double positive(HfFields rope, String key) {
    double value = rope.number(key, 0);
    if (!(value > 0)) {
      throw rope.wrong(key, "a number above 0");
    }
    return value;
  }
}
