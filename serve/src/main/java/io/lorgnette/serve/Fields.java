package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object of a request; null counts as absent. Messages name the field by its
 * path.
 */
final class Fields {

  private final JsonNode node;
  private final String path;

  /**
   * @param path of the object, empty for the request itself
   * @throws ApiException if it is no object
   */
  Fields(JsonNode node, String path) {
    if (!node.isObject()) {
      throw ApiException.wrong(
          path.isEmpty() ? null : path,
          (path.isEmpty() ? "the request" : path) + " must be a JSON object");
    }
    this.node = node;
    this.path = path;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  JsonNode get(String name) {
    return node.path(name);
  }

  ApiException wrong(String name, String expected) {
    return ApiException.wrong(path(name), path(name) + " must be " + expected);
  }

  /**
   * Refuses fields that are not known.
   *
   * @param habit those that are passed over because clients send them by habit
   */
  void only(Set<String> known, Set<String> habit) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (has(name) && !known.contains(name) && !habit.contains(name)) {
                throw ApiException.wrong(
                    path(name),
                    "unsupported_parameter",
                    path(name) + " is not supported by this server; leave it out");
              }
            });
  }

  /** A text, or null if it is absent. */
  String text(String name) {
    if (!has(name)) {
      return null;
    }
    if (!get(name).isTextual()) {
      throw wrong(name, "a string");
    }
    return get(name).textValue();
  }

  /** A text that has to be there. */
  String requiredText(String name) {
    String text = text(name);
    if (text == null) {
      throw ApiException.wrong(
          path(name), "missing_required_parameter", path(name) + " is missing");
    }
    return text;
  }

  boolean flag(String name, boolean absent) {
    if (!has(name)) {
      return absent;
    }
    if (!get(name).isBoolean()) {
      throw wrong(name, "true or false");
    }
    return get(name).booleanValue();
  }

  int integer(String name, int least, int most, int absent) {
    if (!has(name)) {
      return absent;
    }
    JsonNode value = get(name);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(name, "a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  double number(String name, double least, double most, double absent) {
    if (!has(name)) {
      return absent;
    }
    JsonNode value = get(name);
    if (!value.isNumber() || value.doubleValue() < least || value.doubleValue() > most) {
      throw wrong(name, "a number from " + least + " to " + most);
    }
    return value.doubleValue();
  }

  /** A string or a list of strings; nothing if it is absent. */
  List<String> texts(String name, int most) {
    List<String> texts = new ArrayList<>();
    if (!has(name)) {
      return texts;
    }
    JsonNode value = get(name);
    if (value.isTextual()) {
      return List.of(value.textValue());
    }
    if (!value.isArray() || value.size() > most) {
      throw wrong(name, "a string or a list of at most " + most + " strings");
    }
    for (JsonNode text : value) {
      if (!text.isTextual()) {
        throw wrong(name, "a string or a list of strings");
      }
      texts.add(text.textValue());
    }
    return texts;
  }
}
