package io.lorgnette.language;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import java.nio.file.Path;

/** The fields of a {@code config.json}, with errors that name the file and the field. */
record HfFields(Path file, JsonNode json) {

  /** The whole number of a field that must be there. */
  int integer(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw wrong(key, "a whole number");
    }
    return value.intValue();
  }

  /** The whole number of a field, or another where it is absent or null. */
  int integer(String key, int otherwise) {
    return json.hasNonNull(key) ? integer(key) : otherwise;
  }

  /** The number of layers, small enough to make lists of. */
  int layers(String key) {
    int layers = integer(key);
    if (layers < 1 || layers > DecoderConfig.MAX_LAYERS) {
      throw wrong(key, "a whole number from 1 to " + DecoderConfig.MAX_LAYERS);
    }
    return layers;
  }

  double number(String key, double otherwise) {
    JsonNode value = json.path(key);
    if (json.hasNonNull(key) && !value.isNumber()) {
      throw wrong(key, "a number");
    }
    return value.asDouble(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    JsonNode value = json.path(key);
    if (json.hasNonNull(key) && !value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return value.asBoolean(otherwise);
  }

  Activation activation(String key) {
    Activation activation = Activation.named(json.path(key).asText());
    if (activation == null) {
      throw new InputException(
          file + " has the unknown " + key + " '" + json.path(key).asText() + "'");
    }
    return activation;
  }

  /**
   * Checks a field that would change the arithmetic to something that is not done here.
   *
   * @throws InputException if the field has another value than the one that is done
   */
  void require(String key, boolean done) {
    if (flag(key, done) != done) {
      throw new InputException(file + " sets " + key + " to " + !done + ", which is not supported");
    }
  }

  InputException wrong(String key, String expected) {
    return new InputException(
        json.hasNonNull(key)
            ? file + " has " + json.path(key) + " as " + key + " instead of " + expected
            : file + " lacks " + key + "; expected " + expected);
  }
}
