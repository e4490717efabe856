package io.lorgnette.text.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be asked with {@code is}. */
final class Tests {

  private Tests() {}

  static boolean holds(String name, Object value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == null;
      case "string" -> value instanceof String;
      case "number" -> value instanceof Number || value instanceof Boolean;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "mapping" -> value instanceof Map;
      case "sequence", "iterable" ->
          value instanceof List
              || value instanceof Map
              || value instanceof String
              || value instanceof Undefined;
      case "callable" -> value instanceof Callable || value instanceof Undefined;
      case "odd" -> Math.floorMod(whole(value), 2L) == 1;
      case "even" -> Math.floorMod(whole(value), 2L) == 0;
      case "divisibleby" -> {
        long by = whole(arguments.require(0, "num"));
        if (by == 0) {
          throw JinjaException.of("can not divide by 0");
        }
        yield Math.floorMod(whole(value), by) == 0;
      }
      case "in" -> Operators.contains(arguments.require(0, "seq"), value);
      case "eq", "equalto", "==" -> Operators.compare("==", value, other(arguments));
      case "ne", "!=" -> Operators.compare("!=", value, other(arguments));
      case "lt", "lessthan", "<" -> Operators.compare("<", value, other(arguments));
      case "le", "<=" -> Operators.compare("<=", value, other(arguments));
      case "gt", "greaterthan", ">" -> Operators.compare(">", value, other(arguments));
      case "ge", ">=" -> Operators.compare(">=", value, other(arguments));
      case "sameas" -> value == other(arguments) || same(value, other(arguments));
      case "lower" -> hasCase(value) && value.equals(((String) value).toLowerCase(Locale.ROOT));
      case "upper" -> hasCase(value) && value.equals(((String) value).toUpperCase(Locale.ROOT));
      default -> throw JinjaException.of("the test \"" + name + "\" is not known");
    };
  }

  private static boolean same(Object a, Object b) {
    boolean plain = a instanceof Boolean || a instanceof Long || a instanceof String;
    return plain && a.equals(b);
  }

  private static Object other(Arguments arguments) {
    return arguments.require(0, "other");
  }

  private static boolean hasCase(Object value) {
    return value instanceof String text
        && text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }

  private static long whole(Object value) {
    if (value instanceof Long whole) {
      return whole;
    }
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    throw JinjaException.of("expected a whole number, not " + Operators.type(value));
  }
}
