package io.lorgnette.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Typed values out of a processor's JSON file, with messages that name file and key. */
final class ProcessorFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Larger than any picture's edge that a model takes. */
  private static final int LARGEST_EDGE = 16_384;

  private final Path file;
  private final JsonNode json;

  private ProcessorFile(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  static ProcessorFile read(Path file) {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new InputException(
          file + " is not valid JSON" + place + "; restore the file that came with the model", e);
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read; give the path of a preprocessor_config.json", e);
    }
    if (!json.isObject()) {
      throw new InputException(
          file + " holds no JSON object; give the path of a preprocessor_config.json");
    }
    return new ProcessorFile(file, json);
  }

  /** The values inside a key. */
  ProcessorFile in(String key) {
    return new ProcessorFile(file, json.path(key));
  }

  /** Another file beside this one. */
  Path beside(String name) {
    return file.resolveSibling(name);
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  JsonNode get(String key) {
    return json.path(key);
  }

  /** A text, or an empty one. */
  String text(String key) {
    return json.path(key).isTextual() ? json.path(key).textValue() : "";
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!get(key).isBoolean()) {
      throw problem("has " + key + " " + get(key), "true or false was expected");
    }
    return get(key).booleanValue();
  }

  double positiveNumber(String key, double otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!get(key).isNumber() || !(get(key).asDouble() > 0)) {
      throw problem("has " + key + " " + get(key), "a positive number was expected");
    }
    return get(key).asDouble();
  }

  double[] triple(String key, double[] otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode values = get(key);
    double[] triple = new double[3];
    for (int i = 0; i < 3; i++) {
      if (values.size() != 3 || !values.get(i).isNumber()) {
        throw problem("has " + key + " " + values, "three numbers were expected");
      }
      triple[i] = values.get(i).asDouble();
    }
    return triple;
  }

  int positive(JsonNode value, String key) {
    if (!value.canConvertToInt()
        || !value.isIntegralNumber()
        || value.intValue() < 1
        || value.intValue() > LARGEST_EDGE) {
      throw problem(
          "has " + key + " " + (value.isMissingNode() ? "missing" : value),
          "a whole number of pixels was expected");
    }
    return value.intValue();
  }

  /** A plain number, or height and width, or two numbers that are equal. */
  int square(String key, int otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = get(key);
    boolean list = value.isArray() && value.size() == 2;
    if (!value.isObject() && !list) {
      return positive(value, key);
    }
    int height = positive(list ? value.get(0) : value.path("height"), key + ".height");
    int width = positive(list ? value.get(1) : value.path("width"), key + ".width");
    if (height != width) {
      throw problem("has " + key + " " + value, "a square was expected");
    }
    return height;
  }

  /** A kernel by its name. */
  Filter filterByName(String key, Filter otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    return Arrays.stream(Filter.values())
        .filter(f -> f.label().equals(text(key)))
        .findFirst()
        .orElseThrow(
            () -> problem("has " + key + " " + get(key), "bilinear and bicubic are known"));
  }

  Normalization normalization(double scale, String mean, String std, Normalization otherwise) {
    try {
      return new Normalization(scale, triple(mean, otherwise.mean()), triple(std, otherwise.std()));
    } catch (IllegalArgumentException e) {
      throw problem("has a bad " + mean + " or " + std, e.getMessage());
    }
  }

  /** Refuses keys that could change pixels without being read; null counts as not there. */
  void only(Collection<String> known) {
    List<String> unknown =
        json.properties().stream()
            .filter(e -> !e.getValue().isNull() && !known.contains(e.getKey()))
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.toList());
    if (!unknown.isEmpty()) {
      throw problem(
          "has " + String.join(", ", unknown),
          "what that does to the picture is not known, so the model would see another one");
    }
  }

  InputException problem(String what, String expected) {
    return new InputException(file + " " + what + "; " + expected);
  }
}
