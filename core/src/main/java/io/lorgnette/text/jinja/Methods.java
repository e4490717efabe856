package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of texts, dicts and lists that leave their value as it is. */
final class Methods {

  private Methods() {}

  /** A method, or null where the value has none of this name. */
  static Callable of(Object value, String name) {
    if (value instanceof String text) {
      return text(text, name);
    }
    if (value instanceof Map<?, ?> map) {
      return dict(map, name);
    }
    if (value instanceof List<?> list) {
      return list(list, name);
    }
    return null;
  }

  private static Callable list(List<?> list, String name) {
    return switch (name) {
      case "count" ->
          a -> list.stream().filter(i -> Operators.equal(i, a.require(0, "value"))).count();
      case "index" ->
          a -> {
            for (int i = 0; i < list.size(); i++) {
              if (Operators.equal(list.get(i), a.require(0, "value"))) {
                return (long) i;
              }
            }
            throw JinjaException.of("the list does not hold the value");
          };
      case "append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear" ->
          throw JinjaException.of("a template may not change a list by " + name);
      default -> null;
    };
  }

  private static Callable dict(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> a -> items(map);
      case "keys" -> a -> new ArrayList<>(map.keySet());
      case "values" -> a -> new ArrayList<Object>(map.values());
      case "get" ->
          a -> {
            Object key = a.require(0, "key");
            return map.containsKey(key) ? map.get(key) : a.get(1, "default", null);
          };
      case "pop", "popitem", "update", "setdefault", "clear" ->
          throw JinjaException.of("a template may not change a dict by " + name);
      default -> null;
    };
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach((k, v) -> items.add(Tuple.of(k, v)));
    return items;
  }

  private static Callable text(String text, String name) {
    return switch (name) {
      case "strip" -> a -> Python.strip(text, a.text(0, "chars", null));
      case "lstrip" -> a -> Python.lstrip(text, a.text(0, "chars", null));
      case "rstrip" -> a -> Python.rstrip(text, a.text(0, "chars", null));
      case "split" -> a -> split(text, a.text(0, "sep", null), a.whole(1, "maxsplit", -1), false);
      case "rsplit" -> a -> split(text, a.text(0, "sep", null), a.whole(1, "maxsplit", -1), true);
      case "splitlines" -> a -> new ArrayList<Object>(lines(text));
      case "partition" -> a -> partition(text, a.text(0, "sep", ""));
      case "upper" -> a -> text.toUpperCase(Locale.ROOT);
      case "lower" -> a -> text.toLowerCase(Locale.ROOT);
      case "title" -> a -> title(text);
      case "capitalize" -> a -> capitalized(text);
      case "replace" ->
          a ->
              replace(
                  text,
                  (String) a.require(0, "old"),
                  (String) a.require(1, "new"),
                  a.whole(2, "count", -1));
      case "startswith" -> a -> affix(a).stream().anyMatch(p -> text.startsWith((String) p));
      case "endswith" -> a -> affix(a).stream().anyMatch(p -> text.endsWith((String) p));
      case "removeprefix" ->
          a ->
              text.startsWith(a.text(0, "prefix", ""))
                  ? text.substring(a.text(0, "prefix", "").length())
                  : text;
      case "removesuffix" ->
          a ->
              text.endsWith(a.text(0, "suffix", ""))
                  ? text.substring(0, text.length() - a.text(0, "suffix", "").length())
                  : text;
      case "find" -> a -> place(text, find(text, a.text(0, "sub", ""), 0));
      case "rfind" ->
          a -> {
            Limits.checkSearch(text, a.text(0, "sub", ""));
            return place(text, text.lastIndexOf(a.text(0, "sub", "")));
          };
      case "index" ->
          a -> {
            int at = find(text, a.text(0, "sub", ""), 0);
            if (at < 0) {
              throw JinjaException.of("the text does not hold the part");
            }
            return place(text, at);
          };
      case "count" -> a -> count(text, a.text(0, "sub", ""));
      case "join" -> a -> join(text, Sequences.items(a.require(0, "iterable")));
      case "format" -> a -> Formats.braces(text, a);
      case "isdigit", "isnumeric", "isdecimal" -> a -> all(text, Character::isDigit);
      case "isalpha" -> a -> all(text, Character::isLetter);
      case "isalnum" -> a -> all(text, Character::isLetterOrDigit);
      case "isspace" -> a -> all(text, Python::isSpace);
      case "isupper" -> a -> hasCase(text) && text.equals(text.toUpperCase(Locale.ROOT));
      case "islower" -> a -> hasCase(text) && text.equals(text.toLowerCase(Locale.ROOT));
      case "encode" -> throw JinjaException.of("a template may not make bytes by encode");
      default -> null;
    };
  }

  private static List<?> affix(Arguments arguments) {
    Object affix = arguments.require(0, "prefix");
    List<?> all = affix instanceof Tuple tuple ? tuple : Collections.singletonList(affix);
    for (Object one : all) {
      if (!(one instanceof String)) {
        throw JinjaException.of("expected a text, not " + Operators.type(one));
      }
    }
    return all;
  }

  private static int find(String text, String part, int from) {
    Limits.checkSearch(text, part);
    return text.indexOf(part, from);
  }

  private static long place(String text, int at) {
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static boolean hasCase(String text) {
    return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }

  private static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  static String join(String separator, List<Object> items) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object item : items) {
      if (!(item instanceof String)) {
        throw JinjaException.of("can join texts only, not " + Operators.type(item));
      }
      out.append(first ? "" : separator).append(item);
      Limits.checkText(out.length());
      first = false;
    }
    return out.toString();
  }

  static long count(String text, String part) {
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    for (int at = find(text, part, 0); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  static String replace(String text, String old, String with, int most) {
    if (most < 0 && !old.isEmpty()) {
      Limits.checkText(text.length() + count(text, old) * with.length());
      return text.replace(old, with);
    }
    if (old.isEmpty()) {
      throw JinjaException.of("can not replace nothing by something");
    }
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = 0; i < most; i++) {
      int at = find(text, old, from);
      if (at < 0) {
        break;
      }
      out.append(text, from, at).append(with);
      Limits.checkText(out.length());
      from = at + old.length();
    }
    return out.append(text.substring(from)).toString();
  }

  /** Python's split: without a separator at runs of blanks, otherwise at every separator. */
  static List<Object> split(String text, String separator, int most, boolean fromRight) {
    if (separator == null) {
      if (fromRight && most >= 0) {
        throw JinjaException.of("rsplit needs a separator");
      }
      return words(text, most);
    }
    if (separator.isEmpty()) {
      throw JinjaException.of("can not split at an empty text");
    }
    Limits.checkSearch(text, separator);
    List<Object> parts = new ArrayList<>();
    int start = 0;
    int end = text.length();
    while (most < 0 || parts.size() < most) {
      int at =
          fromRight
              ? text.lastIndexOf(separator, end - separator.length())
              : text.indexOf(separator, start);
      if (at < 0) {
        break;
      }
      parts.add(
          fromRight ? text.substring(at + separator.length(), end) : text.substring(start, at));
      Limits.checkItems(parts.size());
      if (fromRight) {
        end = at;
      } else {
        start = at + separator.length();
      }
    }
    parts.add(text.substring(start, end));
    if (fromRight) {
      Collections.reverse(parts);
    }
    return parts;
  }

  private static List<Object> words(String text, int most) {
    List<Object> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && Python.isSpace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return words;
      }
      if (most >= 0 && words.size() == most) {
        words.add(Python.rstrip(text.substring(at), null));
        return words;
      }
      int end = at;
      while (end < text.length() && !Python.isSpace(text.charAt(end))) {
        end++;
      }
      words.add(text.substring(at, end));
      Limits.checkItems(words.size());
      at = end;
    }
  }

  private static Tuple partition(String text, String separator) {
    int at = find(text, separator, 0);
    return new Tuple(
        at < 0 || separator.isEmpty()
            ? List.of(text, "", "")
            : List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }

  static List<String> lines(String text) {
    List<String> lines =
        new ArrayList<>(
            List.of(text.split("\r\n|[\n\r\u000b\f\u001c-\u001e\u0085\u2028\u2029]", -1)));
    if (lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = Character.charCount(text.codePointAt(0));
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inside = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }
}
