package io.lorgnette.text.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writing by patterns: Python's {@code %} and {@code format}, JSON, dates. */
final class Formats {

  private Formats() {}

  /** {@code "%s: %d" % (a, b)}. */
  static String percent(String format, List<?> values) {
    StringBuilder out = new StringBuilder();
    int used = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int end = i + 1;
      while (end < format.length() && "0123456789.-".indexOf(format.charAt(end)) >= 0) {
        end++;
      }
      char kind = end < format.length() ? format.charAt(end) : 0;
      String detail = format.substring(i + 1, Math.min(end, format.length()));
      i = end;
      if (kind == '%') {
        out.append('%');
        continue;
      }
      if (used >= values.size()) {
        throw JinjaException.of("there are not enough values for the pattern");
      }
      Object value = values.get(used++);
      if (value instanceof Undefined undefined) {
        throw undefined.error();
      }
      out.append(one(kind, detail, value));
      Limits.checkText(out.length());
    }
    if (used < values.size()) {
      throw JinjaException.of("there are more values than the pattern takes");
    }
    return out.toString();
  }

  private static String one(char kind, String detail, Object value) {
    if (kind == 's' && detail.isEmpty()) {
      return Python.str(value);
    }
    if (kind == 'r' && detail.isEmpty()) {
      return Python.repr(value);
    }
    if ((kind == 'd' || kind == 'i') && detail.matches("0?\\d{0,3}") && value instanceof Number n) {
      return String.format(Locale.ROOT, "%" + detail + "d", n.longValue());
    }
    if (kind == 'f' && detail.matches("(\\.\\d{1,2})?") && value instanceof Number n) {
      int places = detail.isEmpty() ? 6 : Integer.parseInt(detail.substring(1));
      return new BigDecimal(n.doubleValue())
          .setScale(places, RoundingMode.HALF_EVEN)
          .toPlainString();
    }
    throw JinjaException.of("the pattern %" + detail + kind + " is not known");
  }

  /** {@code "{} {0} {name}".format(...)}, without patterns inside the brackets. */
  static String braces(String format, Arguments arguments) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        i++;
        continue;
      }
      if (c != '{') {
        out.append(c);
        continue;
      }
      int end = format.indexOf('}', i);
      String name = end < 0 ? "!" : format.substring(i + 1, end);
      if (name.isEmpty()) {
        name = String.valueOf(next++);
      }
      if (name.matches("\\d{1,4}")) {
        out.append(Python.str(arguments.require(Integer.parseInt(name), name)));
      } else if (name.matches("\\w+") && arguments.named().containsKey(name)) {
        out.append(Python.str(arguments.named().get(name)));
      } else {
        throw JinjaException.of("the pattern {" + name + "} is not known");
      }
      Limits.checkText(out.length());
      i = end;
    }
    return out.toString();
  }

  /** JSON as Python's {@code json.dumps} writes it. */
  static String json(Object value, Arguments options) {
    options.only(4, "ensure_ascii", "indent", "separators", "sort_keys");
    if (options.flag(3, "sort_keys", false)) {
      throw JinjaException.of("sort_keys of tojson is not known");
    }
    Object indent = options.get(1, "indent", null);
    Object separators = options.get(2, "separators", null);
    String comma = indent == null ? ", " : ",";
    String colon = ": ";
    if (separators instanceof List<?> pair && pair.size() == 2) {
      comma = Python.str(pair.get(0));
      colon = Python.str(pair.get(1));
    }
    String unit =
        indent == null
            ? null
            : indent instanceof String text ? text : " ".repeat(Math.max(0, toWidth(indent)));
    StringBuilder out = new StringBuilder();
    new JsonWriter(out, unit, comma, colon, options.flag(0, "ensure_ascii", false)).write(value, 0);
    return out.toString();
  }

  static int toWidth(Object value) {
    int width = Operators.toInt(value);
    if (width > 1000) {
      throw JinjaException.of("an indentation of " + width + " is too wide");
    }
    return width;
  }

  private record JsonWriter(
      StringBuilder out, String indent, String comma, String colon, boolean ascii) {

    void write(Object value, int depth) {
      Limits.checkText(out.length());
      if (depth > Limits.DEEPEST) {
        throw JinjaException.of("a value is nested too deeply for JSON");
      }
      if (value instanceof String text) {
        quote(text);
      } else if (value == null) {
        out.append("null");
      } else if (value instanceof Boolean truth) {
        out.append(truth ? "true" : "false");
      } else if (value instanceof Double number) {
        String text = Python.number(number);
        out.append(text.replace("nan", "NaN").replace("inf", "Infinity"));
      } else if (value instanceof Long) {
        out.append(value);
      } else if (value instanceof Map<?, ?> map) {
        int count = 0;
        out.append('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          separate(count++, depth + 1);
          Object key = entry.getKey();
          quote(key instanceof String text ? text : key == null ? "null" : keyText(key));
          out.append(colon);
          write(entry.getValue(), depth + 1);
        }
        close(count, depth, '}');
      } else if (value instanceof List<?> list) {
        int count = 0;
        out.append('[');
        for (Object item : list) {
          separate(count++, depth + 1);
          write(item, depth + 1);
        }
        close(count, depth, ']');
      } else {
        throw JinjaException.of("can not write " + Operators.type(value) + " as JSON");
      }
    }

    private static String keyText(Object key) {
      return key instanceof Boolean truth ? (truth ? "true" : "false") : Python.str(key);
    }

    private void separate(int count, int depth) {
      if (count > 0) {
        out.append(comma);
      }
      line(depth);
    }

    private void close(int count, int depth, char bracket) {
      if (count > 0) {
        line(depth);
      }
      out.append(bracket);
    }

    private void line(int depth) {
      if (indent != null) {
        out.append('\n').append(indent.repeat(depth));
      }
    }

    private void quote(String text) {
      out.append('"');
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        int simple = "\"\\\n\r\t\b\f".indexOf(c);
        if (simple >= 0) {
          out.append('\\').append("\"\\nrtbf".charAt(simple));
        } else if (c < 0x20 || (ascii && c > 0x7E)) {
          out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
      out.append('"');
    }
  }

  /** A date by the letters of C's strftime, in English. */
  static String date(String format, LocalDateTime now) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char kind = format.charAt(++i);
      boolean bare = kind == '-' && i + 1 < format.length();
      if (bare) {
        kind = format.charAt(++i);
      }
      String part = part(kind, now);
      out.append(bare ? part.replaceFirst("^[0 ]+(?=.)", "") : part);
    }
    return out.toString();
  }

  private static String part(char kind, LocalDateTime now) {
    int hour = now.getHour() % 12 == 0 ? 12 : now.getHour() % 12;
    return switch (kind) {
      case '%' -> "%";
      case 'Y' -> padded(4, now.getYear());
      case 'y' -> padded(2, now.getYear() % 100);
      case 'm' -> padded(2, now.getMonthValue());
      case 'd' -> padded(2, now.getDayOfMonth());
      case 'e' -> String.format(Locale.ROOT, "%2d", now.getDayOfMonth());
      case 'j' -> padded(3, now.getDayOfYear());
      case 'H' -> padded(2, now.getHour());
      case 'I' -> padded(2, hour);
      case 'M' -> padded(2, now.getMinute());
      case 'S' -> padded(2, now.getSecond());
      case 'p' -> now.getHour() < 12 ? "AM" : "PM";
      case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' ->
          now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
      case 'F' -> date("%Y-%m-%d", now);
      case 'T' -> date("%H:%M:%S", now);
      case 'n' -> "\n";
      default -> throw JinjaException.of("the date pattern %" + kind + " is not known");
    };
  }

  private static String padded(int width, int value) {
    return String.format(Locale.ROOT, "%0" + width + "d", value);
  }
}
