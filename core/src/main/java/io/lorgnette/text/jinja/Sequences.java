package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Items, slices and members of values. */
final class Sequences {

  private Sequences() {}

  /** What a loop over a value meets. */
  static List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return new ArrayList<>(list);
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      Limits.checkItems(text.length());
      List<Object> letters = new ArrayList<>();
      text.codePoints().forEach(c -> letters.add(Character.toString(c)));
      return letters;
    }
    if (value instanceof Undefined) {
      return List.of();
    }
    throw JinjaException.of("can not go through " + Operators.type(value));
  }

  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    return items(value).size();
  }

  /** A part of a text or list; missing bounds are null. */
  static Object slice(Object value, Object start, Object stop, Object step) {
    int by = step == null ? 1 : Operators.toInt(step);
    if (by == 0) {
      throw JinjaException.of("a slice can not have the step 0");
    }
    if (!(value instanceof String) && !(value instanceof List)) {
      throw JinjaException.of("can not take a slice of " + Operators.type(value));
    }
    List<Object> all = items(value);
    int size = all.size();
    int low = by > 0 ? 0 : -1;
    int high = by > 0 ? size : size - 1;
    int from = bound(start, size, low, high, by > 0 ? low : high);
    int to = bound(stop, size, low, high, by > 0 ? high : low);
    List<Object> part = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      part.add(all.get((int) i));
    }
    if (value instanceof String) {
      StringBuilder text = new StringBuilder();
      part.forEach(text::append);
      return text.toString();
    }
    return value instanceof Tuple ? new Tuple(part) : part;
  }

  private static int bound(Object value, int size, int low, int high, int otherwise) {
    if (value == null) {
      return otherwise;
    }
    int bound = Operators.toInt(value);
    return Math.max(low, Math.min(high, bound < 0 ? bound + size : bound));
  }

  /** {@code value[index]}: an item or key first, then a method. */
  static Object item(Object value, Object index) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (value instanceof Map<?, ?> map && map.containsKey(index)) {
      return map.get(index);
    }
    if ((value instanceof List || value instanceof String)
        && (index instanceof Long || index instanceof Boolean)) {
      long size = length(value);
      long at = Operators.toInt(index);
      at = at < 0 ? at + size : at;
      if (at < 0 || at >= size) {
        return new Undefined(Operators.type(value) + " has no item " + Python.repr(index));
      }
      if (value instanceof String text) {
        int start = text.offsetByCodePoints(0, (int) at);
        return Character.toString(text.codePointAt(start));
      }
      return ((List<?>) value).get((int) at);
    }
    if (index instanceof String name && !(value instanceof Map)) {
      return attribute(value, name);
    }
    return new Undefined(Operators.type(value) + " has no item " + Python.repr(index));
  }

  /** {@code value.name}: a method first, then a key. */
  static Object attribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (value instanceof Namespace namespace) {
      return namespace.get(name);
    }
    Object method = Methods.of(value, name);
    if (method != null) {
      return method;
    }
    if (value instanceof Map<?, ?> map && map.containsKey(name)) {
      return map.get(name);
    }
    return new Undefined(Operators.type(value) + " has no \"" + name + "\"");
  }

  /** An attribute by its dotted path, numbers being indices. */
  static Object path(Object value, Object path) {
    if (!(path instanceof String text)) {
      return item(value, path);
    }
    Object current = value;
    for (String name : text.split("\\.", -1)) {
      Object key = name.matches("\\d{1,9}") ? (Object) Long.valueOf(name) : name;
      current = item(current, key);
    }
    return current;
  }
}
