package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What operators do, as in Python. */
final class Operators {

  private Operators() {}

  static boolean truth(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    }
    if (value instanceof Boolean truth) {
      return truth;
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    return !(value instanceof Map<?, ?> map) || !map.isEmpty();
  }

  /** Name of a value's type, for messages. */
  static String type(Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Undefined undefined) {
      return undefined.what();
    }
    if (value instanceof String) {
      return "a text";
    }
    if (value instanceof Boolean) {
      return "a truth value";
    }
    if (value instanceof Number) {
      return "a number";
    }
    if (value instanceof List) {
      return "a list";
    }
    return value instanceof Map ? "a dict" : "a function";
  }

  private static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  /** Truth values count as 0 and 1. */
  private static Number number(Object value) {
    return value instanceof Boolean truth ? (Number) (truth ? 1L : 0L) : (Number) value;
  }

  private static boolean bothWhole(Number a, Number b) {
    return a instanceof Long && b instanceof Long;
  }

  static int toInt(Object value) {
    if (value instanceof Long whole && whole == (int) (long) whole) {
      return (int) (long) whole;
    }
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    throw JinjaException.of("expected a whole number, not " + type(value));
  }

  static boolean equal(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      Number x = number(a);
      Number y = number(b);
      return bothWhole(x, y) ? x.longValue() == y.longValue() : x.doubleValue() == y.doubleValue();
    }
    if (a instanceof Undefined || b instanceof Undefined) {
      return a instanceof Undefined && b instanceof Undefined;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size() || ((a instanceof Tuple) != (b instanceof Tuple))) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      Number x = number(a);
      Number y = number(b);
      return bothWhole(x, y)
          ? Long.compare(x.longValue(), y.longValue())
          : Double.compare(x.doubleValue(), y.doubleValue());
    }
    if (a instanceof String x && b instanceof String y) {
      return Arrays.compare(x.codePoints().toArray(), y.codePoints().toArray());
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return compare(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw JinjaException.of("can not put " + type(a) + " and " + type(b) + " in order");
  }

  static boolean compare(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> equal(a, b);
      case "!=" -> !equal(a, b);
      case "<" -> compare(a, b) < 0;
      case "<=" -> compare(a, b) <= 0;
      case ">" -> compare(a, b) > 0;
      case ">=" -> compare(a, b) >= 0;
      case "in" -> contains(b, a);
      case "not in" -> !contains(b, a);
      default -> throw new IllegalStateException(operator);
    };
  }

  static boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        Limits.checkSearch(text, part);
        return text.contains(part);
      }
      throw JinjaException.of("can not look for " + type(item) + " in a text");
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(item);
    }
    return Sequences.items(container).stream().anyMatch(i -> equal(i, item));
  }

  static Object binary(String operator, Object a, Object b) {
    if (operator.equals("~")) {
      String text = Python.str(a) + Python.str(b);
      Limits.checkText(text.length());
      return text;
    }
    for (Object side : Arrays.asList(a, b)) {
      if (side instanceof Undefined undefined) {
        throw undefined.error();
      }
    }
    if (isNumber(a) && isNumber(b)) {
      try {
        return arithmetic(operator, number(a), number(b));
      } catch (ArithmeticException e) {
        throw JinjaException.of("the result of " + operator + " is too large, or divides by zero");
      }
    }
    if (operator.equals("+")) {
      if (a instanceof String x && b instanceof String y) {
        Limits.checkText((long) x.length() + y.length());
        return x + y;
      }
      if (a instanceof List<?> x
          && b instanceof List<?> y
          && ((a instanceof Tuple) == (b instanceof Tuple))) {
        Limits.checkItems((long) x.size() + y.size());
        List<Object> joined = new ArrayList<>(x);
        joined.addAll(y);
        return a instanceof Tuple ? new Tuple(joined) : joined;
      }
    }
    if (operator.equals("*")) {
      Object repeated = a instanceof Long ? b : a;
      Object times = a instanceof Long ? a : b;
      if (times instanceof Long count && repeated instanceof String text) {
        long copies = text.isEmpty() ? 0 : Math.max(0, count);
        Limits.checkText(copies > Limits.MOST_CHARACTERS ? copies : copies * text.length());
        return text.repeat((int) copies);
      }
      if (times instanceof Long count && repeated instanceof List<?> list) {
        long copies = list.isEmpty() ? 0 : Math.max(0, count);
        Limits.checkItems(copies > Limits.MOST_ITEMS ? copies : copies * list.size());
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < copies; i++) {
          all.addAll(list);
        }
        return all;
      }
    }
    if (operator.equals("%") && a instanceof String format) {
      return Formats.percent(
          format, b instanceof Tuple tuple ? tuple : Collections.singletonList(b));
    }
    throw JinjaException.of("can not use " + operator + " with " + type(a) + " and " + type(b));
  }

  private static Object arithmetic(String operator, Number a, Number b) {
    boolean whole = bothWhole(a, b);
    long x = a.longValue();
    long y = b.longValue();
    double u = a.doubleValue();
    double v = b.doubleValue();
    if (v == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new ArithmeticException("division by zero");
    }
    return switch (operator) {
      case "+" -> whole ? (Object) Math.addExact(x, y) : (Object) (u + v);
      case "-" -> whole ? (Object) Math.subtractExact(x, y) : (Object) (u - v);
      case "*" -> whole ? (Object) Math.multiplyExact(x, y) : (Object) (u * v);
      case "/" -> u / v;
      case "//" -> whole ? (Object) Math.floorDiv(x, y) : (Object) Math.floor(u / v);
      case "%" -> whole ? (Object) Math.floorMod(x, y) : (Object) (u - v * Math.floor(u / v));
      case "**" -> whole && y >= 0 ? (Object) power(x, y) : (Object) Math.pow(u, v);
      default -> throw JinjaException.of("the operator " + operator + " is not known");
    };
  }

  private static long power(long base, long exponent) {
    long result = 1;
    if (Math.abs(base) > 1 && exponent > 63) {
      throw new ArithmeticException("too large");
    }
    for (long i = 0; i < Math.min(exponent, 64 + exponent % 2); i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  static Object negative(Object value) {
    if (!isNumber(value)) {
      throw JinjaException.of("can not negate " + type(value));
    }
    Number number = number(value);
    return number instanceof Long whole
        ? (Object) Math.negateExact(whole)
        : (Object) (-number.doubleValue());
  }
}
