package io.lorgnette.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a function, method, filter or test is given.
 *
 * @param positional in order
 * @param named by name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** An argument by place or name; {@code otherwise} where it is not given. */
  Object get(int index, String name, Object otherwise) {
    if (index < positional.size()) {
      return positional.get(index);
    }
    return named.getOrDefault(name, otherwise);
  }

  Object require(int index, String name) {
    if (index >= positional.size() && !named.containsKey(name)) {
      throw JinjaException.of("the argument \"" + name + "\" is missing");
    }
    return get(index, name, null);
  }

  String text(int index, String name, String otherwise) {
    Object value = get(index, name, otherwise);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw JinjaException.of("the argument \"" + name + "\" must be a text, not " + value);
  }

  int whole(int index, String name, int otherwise) {
    Object value = get(index, name, (long) otherwise);
    return value == null ? otherwise : Operators.toInt(value);
  }

  boolean flag(int index, String name, boolean otherwise) {
    return Operators.truth(get(index, name, otherwise));
  }

  /** Refuses what is not known, so that nothing is passed over in silence. */
  void only(int most, String... names) {
    if (positional.size() > most) {
      throw JinjaException.of("takes at most " + most + " arguments");
    }
    for (String name : named.keySet()) {
      if (!Set.of(names).contains(name)) {
        throw JinjaException.of("does not know the argument \"" + name + "\"");
      }
    }
  }

  /** The arguments from a place on. */
  Arguments from(int index) {
    return new Arguments(
        positional.subList(Math.min(index, positional.size()), positional.size()), named);
  }
}
