package io.lorgnette.vision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One object of a configuration file, read with errors that name file and key. */
final class ConfigFile {

  private final String where;
  private final JsonNode node;

  private ConfigFile(String where, JsonNode node) {
    this.where = where;
    this.node = node;
  }

  /**
   * @throws InputException if the file is absent or no JSON object
   */
  static ConfigFile read(Path file) {
    try {
      JsonNode node = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (!node.isObject()) {
        throw new InputException(file + " is not a JSON object; expected a model's configuration");
      }
      return new ConfigFile(file.toString(), node);
    } catch (NoSuchFileException e) {
      throw new InputException(file + " does not exist; give the folder of an encoder", e);
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + " is not JSON (" + e.getOriginalMessage() + "); expected a configuration", e);
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  /** Writes to a temporary file, then moves it into place. */
  static void write(Path file, String json) {
    try {
      Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".config", ".tmp");
      try {
        Files.writeString(temporary, json);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Refuses keys that no one would read. */
  void onlyKeys(Set<String> known) {
    for (var field : node.properties()) {
      if (!known.contains(field.getKey())) {
        throw wrong(field.getKey(), "is unknown", "one of " + String.join(", ", known));
      }
    }
  }

  /**
   * Refuses a key with another value than the one, given as JSON, that is computed here; absent or
   * null it is taken for that.
   */
  void only(String key, String value) {
    if (has(key) && !node.get(key).toString().equals(value)) {
      throw wrong(key, "is " + node.get(key), value + ", which alone is supported");
    }
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** An object inside this one. */
  ConfigFile object(String key) {
    if (!node.path(key).isObject()) {
      throw wrong(key, "is " + node.path(key), "an object");
    }
    return new ConfigFile(where + " " + key + ":", node.get(key));
  }

  /** The objects of a list. */
  List<ConfigFile> objects(String key) {
    if (!node.path(key).isArray()) {
      throw wrong(key, "is " + node.path(key), "a list");
    }
    List<ConfigFile> objects = new ArrayList<>();
    for (JsonNode element : node.get(key)) {
      if (!element.isObject()) {
        throw wrong(key, "holds " + element, "objects");
      }
      objects.add(new ConfigFile(where + " " + key + "[" + objects.size() + "]:", element));
    }
    return objects;
  }

  String text(String key) {
    if (!node.path(key).isTextual()) {
      throw wrong(key, has(key) ? "is " + node.get(key) : "is missing", "a string");
    }
    return node.get(key).textValue();
  }

  int integer(String key) {
    if (!node.path(key).isIntegralNumber() || !node.path(key).canConvertToInt()) {
      throw wrong(key, has(key) ? "is " + node.get(key) : "is missing", "a whole number");
    }
    return node.get(key).intValue();
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  boolean isList(String key) {
    return node.path(key).isArray();
  }

  /** The whole numbers of a list. */
  List<Integer> wholeNumbers(String key) {
    if (!isList(key)) {
      throw wrong(key, has(key) ? "is " + node.get(key) : "is missing", "a list of whole numbers");
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode element : node.get(key)) {
      if (!element.isIntegralNumber() || !element.canConvertToInt()) {
        throw wrong(key, "holds " + element, "whole numbers");
      }
      values.add(element.intValue());
    }
    return values;
  }

  /** The numbers of a list of {@code count}. */
  double[] numbers(String key, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      JsonNode element = node.path(key).path(i);
      if (node.path(key).size() != count || !element.isNumber()) {
        throw wrong(key, has(key) ? "is " + node.get(key) : "is missing", count + " numbers");
      }
      values[i] = element.doubleValue();
    }
    return values;
  }

  /** A list of numbers. */
  double[] numbers(String key) {
    JsonNode list = node.path(key);
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!list.path(i).isNumber()) {
        throw wrong(key, "is " + list, "a list of numbers");
      }
      numbers[i] = list.get(i).doubleValue();
    }
    if (!list.isArray()) {
      throw wrong(key, has(key) ? "is " + list : "is missing", "a list of numbers");
    }
    return numbers;
  }

  /** A list of whole numbers. */
  int[] integers(String key) {
    double[] numbers = numbers(key);
    int[] integers = new int[numbers.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) numbers[i];
      if (integers[i] != numbers[i]) {
        throw wrong(key, "is " + node.get(key), "a list of whole numbers");
      }
    }
    return integers;
  }

  double number(String key) {
    if (!node.path(key).isNumber()) {
      throw wrong(key, has(key) ? "is " + node.get(key) : "is missing", "a number");
    }
    return node.get(key).doubleValue();
  }

  double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!node.get(key).isBoolean()) {
      throw wrong(key, "is " + node.get(key), "true or false");
    }
    return node.get(key).booleanValue();
  }

  /** An activation by the name that Hugging Face gives it. */
  Activation activation(String key, String otherwise) {
    Activation activation = Activation.named(text(key, otherwise));
    if (activation == null) {
      throw wrong(key, "is " + text(key), "an activation such as gelu, quick_gelu or silu");
    }
    return activation;
  }

  /** Refuses pictures that are not red, green and blue. */
  void requireThreeChannels() {
    if (integer("num_channels", 3) != 3) {
      throw wrong("num_channels", "is " + integer("num_channels"), "3");
    }
  }

  InputException wrong(String key, String what, String expected) {
    return new InputException(
        where + " key '" + key + "' " + what + "; expected " + expected + ", correct the file");
  }

  /** As an error of this file, what a configuration's own check says. */
  InputException wrong(IllegalArgumentException cause) {
    return new InputException(where + " " + cause.getMessage() + ", correct the file", cause);
  }
}
