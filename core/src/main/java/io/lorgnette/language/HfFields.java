package io.lorgnette.language;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import io.lorgnette.weights.GgufModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The fields of a {@code config.json}, or of an object inside it, with errors that name the file
 * and the field.
 */
public record HfFields(Path file, JsonNode json) {

  private static final String CONFIG = "config.json";

  /**
   * Reads a file.
   *
   * @throws InputException if it is no JSON object
   */
  public static HfFields read(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw new InputException(file + " is not a JSON object; fetch it again");
      }
      return new HfFields(file, json);
    } catch (JsonProcessingException e) {
      throw new InputException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read; give the folder or the file of a model", e);
    }
  }

  /**
   * The configuration of a model: the {@code config.json} of its folder, or what its GGUF file
   * says.
   *
   * @throws InputException if there is neither, or it is broken
   */
  public static HfFields ofModel(Path folderOrGguf) {
    Path file = folderOrGguf.resolve(CONFIG);
    Optional<Path> gguf = Files.exists(file) ? Optional.empty() : GgufModel.find(folderOrGguf);
    return gguf.map(path -> new HfFields(path, GgufModel.open(path).config()))
        .orElseGet(() -> read(file));
  }

  /** The fields of an object inside this one; none where it is absent. */
  public HfFields object(String key) {
    JsonNode value = json.path(key);
    if (json.hasNonNull(key) && !value.isObject()) {
      throw wrong(key, "an object");
    }
    return new HfFields(file, value.isObject() ? value : new ObjectMapper().createObjectNode());
  }

  /** The same fields, and where they are absent those of another object. */
  public HfFields withDefaults(ObjectNode defaults) {
    ObjectNode all = defaults.deepCopy();
    all.setAll((ObjectNode) json);
    return new HfFields(file, all);
  }

  /** The text of a field, or another where it is absent or null. */
  public String text(String key, String otherwise) {
    if (json.hasNonNull(key) && !json.path(key).isTextual()) {
      throw wrong(key, "a text");
    }
    return json.path(key).asText(otherwise);
  }

  /** The whole number of a field that must be there. */
  public int integer(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw wrong(key, "a whole number");
    }
    return value.intValue();
  }

  /** The whole number of a field, or another where it is absent or null. */
  public int integer(String key, int otherwise) {
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

  public double number(String key, double otherwise) {
    JsonNode value = json.path(key);
    if (json.hasNonNull(key) && !value.isNumber()) {
      throw wrong(key, "a number");
    }
    return value.asDouble(otherwise);
  }

  public boolean flag(String key, boolean otherwise) {
    JsonNode value = json.path(key);
    if (json.hasNonNull(key) && !value.isBoolean()) {
      throw wrong(key, "true or false");
    }
    return value.asBoolean(otherwise);
  }

  /** The activation function that a field names. */
  public Activation activation(String key) {
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
  public void require(String key, boolean done) {
    if (flag(key, done) != done) {
      throw new InputException(file + " sets " + key + " to " + !done + ", which is not supported");
    }
  }

  /** An error that names the file, the field and what it should be. */
  public InputException wrong(String key, String expected) {
    return new InputException(
        json.hasNonNull(key)
            ? file + " has " + json.path(key) + " as " + key + " instead of " + expected
            : file + " lacks " + key + "; expected " + expected);
  }
}
