package io.lorgnette.text.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What stands behind {@code |}. */
final class Filters {

  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern TITLE_BREAK = Pattern.compile("(?<=[-\\s({\\[<])|(?=[-\\s({\\[<])");

  private Filters() {}

  static Object apply(String name, Object value, Arguments a) {
    return switch (name) {
      case "default", "d" -> {
        boolean missing =
            value instanceof Undefined || (a.flag(1, "boolean", false) && !Operators.truth(value));
        yield missing ? a.get(0, "default_value", "") : value;
      }
      case "length", "count" -> Sequences.length(value);
      case "list" -> Sequences.items(value);
      case "items" -> value instanceof Undefined ? List.of() : Methods.items(map(value));
      case "first" -> end(Sequences.items(value), 0);
      case "last" -> end(Sequences.items(value), -1);
      case "join" -> join(value, a);
      case "map" -> mapped(value, a);
      case "select" -> kept(value, test(a, 0), true);
      case "reject" -> kept(value, test(a, 0), false);
      case "selectattr" -> kept(value, attributeTest(a), true);
      case "rejectattr" -> kept(value, attributeTest(a), false);
      case "sort" -> sorted(value, a);
      case "unique" -> unique(value, a);
      case "groupby" -> grouped(value, a);
      case "dictsort" -> dictSorted(map(value), a);
      case "reverse" -> reversed(value);
      case "batch" -> batches(Sequences.items(value), a);
      case "sum" -> sum(Sequences.items(value), a);
      case "min" -> extreme(Sequences.items(value), a, -1);
      case "max" -> extreme(Sequences.items(value), a, 1);
      case "abs" -> Operators.compare(value, 0L) < 0 ? Operators.negative(value) : value;
      case "round" -> rounded(value, a);
      case "int" -> whole(value, a);
      case "float" -> real(value, a);
      case "attr" -> Sequences.attribute(value, a.text(0, "name", ""));
      case "tojson" -> Formats.json(value, a);
      case "safe" -> value;
      default -> ofText(name, Python.str(value), a);
    };
  }

  /** Filters that take any value as the text that it would be written as. */
  private static Object ofText(String name, String text, Arguments a) {
    return switch (name) {
      case "string" -> text;
      case "trim" -> Python.strip(text, a.text(0, "chars", null));
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> Methods.capitalized(text);
      case "title" -> title(text);
      case "replace" ->
          Methods.replace(
              text,
              Python.str(a.require(0, "old")),
              Python.str(a.require(1, "new")),
              a.whole(2, "count", -1));
      case "indent" -> indented(text, a);
      case "wordcount" -> WORD.matcher(text).results().count();
      case "format" -> Formats.percent(text, a.positional());
      case "escape", "e" ->
          text.replace("&", "&amp;")
              .replace("<", "&lt;")
              .replace(">", "&gt;")
              .replace("'", "&#39;")
              .replace("\"", "&#34;");
      default -> throw JinjaException.of("the filter \"" + name + "\" is not known");
    };
  }

  private static Map<?, ?> map(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw JinjaException.of("expected a dict, not " + Operators.type(value));
  }

  private static Object end(List<Object> items, int index) {
    if (items.isEmpty()) {
      return new Undefined("an empty list has no first and no last item");
    }
    return items.get(index < 0 ? items.size() - 1 : 0);
  }

  private static String join(Object value, Arguments a) {
    Object attribute = a.get(1, "attribute", null);
    List<Object> texts = new ArrayList<>();
    for (Object item : Sequences.items(value)) {
      texts.add(Python.str(attribute == null ? item : Sequences.path(item, attribute)));
    }
    return Methods.join(Python.str(a.get(0, "d", "")), texts);
  }

  private static List<Object> mapped(Object value, Arguments a) {
    List<Object> out = new ArrayList<>();
    Object attribute = a.named().get("attribute");
    for (Object item : Sequences.items(value)) {
      if (attribute == null) {
        out.add(apply((String) a.require(0, "filter"), item, a.from(1)));
        continue;
      }
      Object found = Sequences.path(item, attribute);
      out.add(found instanceof Undefined ? a.named().getOrDefault("default", found) : found);
    }
    return out;
  }

  private static Predicate<Object> test(Arguments a, int index) {
    if (index >= a.positional().size()) {
      return Operators::truth;
    }
    String name = (String) a.positional().get(index);
    return item -> Tests.holds(name, item, a.from(index + 1));
  }

  private static Predicate<Object> attributeTest(Arguments a) {
    Object attribute = a.require(0, "attribute");
    Predicate<Object> test = test(a, 1);
    return item -> test.test(Sequences.path(item, attribute));
  }

  private static List<Object> kept(Object value, Predicate<Object> test, boolean when) {
    List<Object> out = new ArrayList<>();
    for (Object item : Sequences.items(value)) {
      if (test.test(item) == when) {
        out.add(item);
      }
    }
    return out;
  }

  private static Object folded(Object value, boolean caseSensitive) {
    return !caseSensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object key(Object item, Object attribute, boolean caseSensitive) {
    return folded(attribute == null ? item : Sequences.path(item, attribute), caseSensitive);
  }

  private static List<Object> sorted(Object value, Arguments a) {
    boolean exact = a.flag(1, "case_sensitive", false);
    Object attribute = a.get(2, "attribute", null);
    List<Object> out = Sequences.items(value);
    Comparator<Object> order =
        (x, y) -> Operators.compare(key(x, attribute, exact), key(y, attribute, exact));
    out.sort(a.flag(0, "reverse", false) ? order.reversed() : order);
    return out;
  }

  private static List<Object> unique(Object value, Arguments a) {
    boolean exact = a.flag(0, "case_sensitive", false);
    List<Object> keys = new ArrayList<>();
    List<Object> out = new ArrayList<>();
    List<Object> items = Sequences.items(value);
    if (items.size() > 10_000) {
      throw JinjaException.of("unique takes at most 10000 items");
    }
    for (Object item : items) {
      Object key = key(item, a.get(1, "attribute", null), exact);
      if (keys.stream().noneMatch(k -> Operators.equal(k, key))) {
        keys.add(key);
        out.add(item);
      }
    }
    return out;
  }

  private static List<Object> grouped(Object value, Arguments a) {
    Object attribute = a.require(0, "attribute");
    Map<Object, List<Object>> groups = new LinkedHashMap<>();
    List<Object> sorted = Sequences.items(value);
    sorted.sort((x, y) -> Operators.compare(key(x, attribute, false), key(y, attribute, false)));
    for (Object item : sorted) {
      Object name = Sequences.path(item, attribute);
      groups.computeIfAbsent(name, k -> new ArrayList<>()).add(item);
    }
    List<Object> out = new ArrayList<>();
    groups.forEach((name, items) -> out.add(Tuple.of(name, items)));
    return out;
  }

  private static List<Object> dictSorted(Map<?, ?> map, Arguments a) {
    boolean exact = a.flag(0, "case_sensitive", false);
    int by = a.text(1, "by", "key").equals("value") ? 1 : 0;
    List<Object> out = Methods.items(map);
    Comparator<Object> order =
        (x, y) ->
            Operators.compare(
                folded(((List<?>) x).get(by), exact), folded(((List<?>) y).get(by), exact));
    out.sort(a.flag(2, "reverse", false) ? order.reversed() : order);
    return out;
  }

  private static Object reversed(Object value) {
    List<Object> items = Sequences.items(value);
    Collections.reverse(items);
    if (!(value instanceof String)) {
      return items;
    }
    return Methods.join("", items);
  }

  private static List<Object> batches(List<Object> items, Arguments a) {
    int size = Operators.toInt(a.require(0, "linecount"));
    if (size < 1) {
      throw JinjaException.of("a batch holds at least one item");
    }
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < items.size(); i += size) {
      List<Object> batch = new ArrayList<>(items.subList(i, Math.min(i + size, items.size())));
      Object fill = a.get(1, "fill_with", null);
      while (fill != null && batch.size() < size && size <= Limits.MOST_ITEMS) {
        batch.add(fill);
      }
      out.add(batch);
    }
    return out;
  }

  private static Object sum(List<Object> items, Arguments a) {
    Object attribute = a.get(0, "attribute", null);
    Object sum = a.get(1, "start", 0L);
    for (Object item : items) {
      sum = Operators.binary("+", sum, attribute == null ? item : Sequences.path(item, attribute));
    }
    return sum;
  }

  private static Object extreme(List<Object> items, Arguments a, int sign) {
    boolean exact = a.flag(0, "case_sensitive", false);
    Object attribute = a.get(1, "attribute", null);
    Object best = new Undefined("an empty list has no least and no greatest item");
    for (Object item : items) {
      if (best instanceof Undefined
          || sign * Operators.compare(key(item, attribute, exact), key(best, attribute, exact))
              > 0) {
        best = item;
      }
    }
    return best;
  }

  private static Object rounded(Object value, Arguments a) {
    int places = a.whole(0, "precision", 0);
    RoundingMode mode =
        switch (a.text(1, "method", "common")) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw JinjaException.of("round knows common, ceil and floor");
        };
    if (!(value instanceof Number number) || Math.abs(places) > 300) {
      throw JinjaException.of("can not round " + Operators.type(value));
    }
    return new BigDecimal(number.doubleValue()).setScale(places, mode).doubleValue();
  }

  private static Object whole(Object value, Arguments a) {
    if (value instanceof Long) {
      return value;
    }
    if (value instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    try {
      if (value instanceof String text && text.strip().matches("[+-]?\\d+")) {
        return Long.parseLong(text.strip());
      }
      double number = value instanceof Double known ? known : parse(value);
      return (long) number;
    } catch (NumberFormatException e) {
      return a.get(0, "default", 0L);
    }
  }

  private static Object real(Object value, Arguments a) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    try {
      return parse(value);
    } catch (NumberFormatException e) {
      return a.get(0, "default", 0.0);
    }
  }

  private static double parse(Object value) {
    if (value instanceof String text && text.strip().matches("[+-]?[\\d.]+([eE][+-]?\\d+)?")) {
      return Double.parseDouble(text.strip());
    }
    throw new NumberFormatException("not a number");
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    for (String word : TITLE_BREAK.split(text, -1)) {
      out.append(Methods.capitalized(word));
    }
    return out.toString();
  }

  private static String indented(String text, Arguments a) {
    Object width = a.get(0, "width", 4L);
    String pad =
        width instanceof String own ? own : " ".repeat(Math.max(0, Formats.toWidth(width)));
    boolean blank = a.flag(2, "blank", false);
    List<String> lines = Methods.lines(text + "\n");
    StringBuilder out = new StringBuilder(a.flag(1, "first", false) ? pad : "");
    for (int i = 0; i < lines.size(); i++) {
      boolean padded = i > 0 && (blank || !lines.get(i).isEmpty());
      out.append(i > 0 ? "\n" : "").append(padded ? pad : "").append(lines.get(i));
      Limits.checkText(out.length());
    }
    return out.toString();
  }
}
