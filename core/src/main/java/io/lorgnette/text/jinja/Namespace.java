package io.lorgnette.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The only values that a template may change from within a loop. */
final class Namespace {

  private final Map<String, Object> values = new LinkedHashMap<>();

  Object get(String name) {
    return values.containsKey(name)
        ? values.get(name)
        : new Undefined("the namespace has no \"" + name + "\"");
  }

  void set(String name, Object value) {
    if (name.startsWith("_")) {
      throw JinjaException.of("a namespace can not hold \"" + name + "\"");
    }
    values.put(name, value);
  }
}
