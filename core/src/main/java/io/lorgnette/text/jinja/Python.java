package io.lorgnette.text.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Texts as Python treats and writes them. */
final class Python {

  private Python() {}

  static boolean isSpace(int c) {
    return (c >= 9 && c <= 13)
        || (c >= 0x1C && c <= 0x20)
        || c == 0x85
        || c == 0xA0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  private static boolean strips(int c, String characters) {
    return characters == null ? isSpace(c) : characters.indexOf(c) >= 0;
  }

  /** Without leading characters out of the given ones; of white space where they are null. */
  static String lstrip(String text, String characters) {
    int start = 0;
    while (start < text.length() && strips(text.codePointAt(start), characters)) {
      start += Character.charCount(text.codePointAt(start));
    }
    return text.substring(start);
  }

  static String rstrip(String text, String characters) {
    int end = text.length();
    while (end > 0 && strips(text.codePointBefore(end), characters)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  static String strip(String text, String characters) {
    return lstrip(rstrip(text, characters), characters);
  }

  /** The value of a string literal's body. */
  static String unescape(String body) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i++);
      if (c != '\\' || i == body.length()) {
        out.append(c);
        continue;
      }
      char kind = body.charAt(i++);
      int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      String simple = "n\nt\tr\rb\bf\fa\u0007v\u000b\\\\''\"\"0\u0000";
      int known = simple.indexOf(kind);
      if (digits > 0) {
        if (i + digits > body.length()) {
          throw JinjaException.of("a text has a broken \\" + kind);
        }
        try {
          out.appendCodePoint(Integer.parseInt(body.substring(i, i + digits), 16));
        } catch (IllegalArgumentException e) {
          throw JinjaException.of("a text has a broken \\" + kind);
        }
        i += digits;
      } else if (known >= 0 && known % 2 == 0) {
        out.append(simple.charAt(known + 1));
      } else if (kind != '\n') {
        // A backslash at the end of a line joins it with the next one.
        out.append('\\').append(kind);
      }
    }
    return out.toString();
  }

  /** How a value is written into the output. */
  static String str(Object value) {
    return value instanceof String text ? text : repr(value);
  }

  /** How a value is written inside a list. */
  static String repr(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Undefined) {
      return "";
    }
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Double number) {
      return number(number);
    }
    StringBuilder out = new StringBuilder();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (k, v) -> {
            out.append(out.length() == 0 ? "" : ", ").append(repr(k)).append(": ").append(repr(v));
            Limits.checkText(out.length());
          });
      return "{" + out + "}";
    }
    if (value instanceof List<?> list) {
      for (Object item : list) {
        out.append(out.length() == 0 ? "" : ", ").append(repr(item));
        Limits.checkText(out.length());
      }
      if (value instanceof Tuple) {
        return "(" + out + (list.size() == 1 ? ",)" : ")");
      }
      return "[" + out + "]";
    }
    return value.toString();
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            c -> {
              if (c == quote || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c == '\n') {
                out.append("\\n");
              } else if (c == '\r') {
                out.append("\\r");
              } else if (c == '\t') {
                out.append("\\t");
              } else if (isPrintable(c)) {
                out.appendCodePoint(c);
              } else {
                out.append(escaped(c));
              }
            });
    return out.append(quote).toString();
  }

  private static String escaped(int c) {
    String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
    return String.format(Locale.ROOT, form, c);
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** The shortest digits that give the number again. */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(value));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == Math.abs(value)) {
        break;
      }
    }
    String digits = shortest.stripTrailingZeros().unscaledValue().toString();
    int exponent = digits.length() - 1 - shortest.stripTrailingZeros().scale();
    String sign = value < 0 ? "-" : "";
    if (exponent < -4 || exponent >= 16) {
      String tail = digits.length() > 1 ? "." + digits.substring(1) : "";
      return String.format(
          Locale.ROOT,
          "%s%s%se%s%02d",
          sign,
          digits.charAt(0),
          tail,
          exponent < 0 ? "-" : "+",
          Math.abs(exponent));
    }
    String plain = shortest.stripTrailingZeros().toPlainString();
    return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
  }
}
