package io.lorgnette.recipe;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes resolved values as YAML that {@link RecipeReader} reads back to equal values. */
final class ResolvedYaml {
  private static final Pattern BARE = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");

  private final StringBuilder out = new StringBuilder();

  private ResolvedYaml() {}

  static String of(Map<String, Object> root) {
    ResolvedYaml yaml = new ResolvedYaml();
    yaml.entries(root, 0, false);
    return yaml.out.toString();
  }

  /**
   * Writes keys and values.
   *
   * @param started the first key goes on the line that is already begun, after {@code "- "}
   */
  private void entries(Map<?, ?> map, int indent, boolean started) {
    boolean first = started;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(first ? "" : "  ".repeat(indent)).append(text(entry.getKey().toString()));
      out.append(':');
      first = false;
      value(entry.getValue(), indent);
    }
  }

  private void value(Object value, int indent) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('\n');
      entries(map, indent + 1, false);
    } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
      out.append('\n');
      for (Object item : list) {
        out.append("  ".repeat(indent + 1)).append("- ");
        if (item instanceof Map<?, ?> map && !map.isEmpty()) {
          entries(map, indent + 2, true);
        } else {
          out.append(inline(item)).append('\n');
        }
      }
    } else {
      out.append(' ').append(inline(value)).append('\n');
    }
  }

  private static String inline(Object value) {
    if (value instanceof Map) {
      return "{}";
    }
    if (value instanceof List<?> items) {
      return items.stream().map(ResolvedYaml::inline).collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Double number) {
      return number(number);
    }
    return value instanceof String text ? text(text) : String.valueOf(value);
  }

  /** The shortest decimal that reads back to the same double, without an exponent where short. */
  private static String number(double value) {
    double size = Math.abs(value);
    String digits = Double.toString(value);
    if (size == 0 || size < 1e-6 || size >= 1e9) {
      return digits;
    }
    BigDecimal plain = new BigDecimal(digits).stripTrailingZeros();
    return plain.setScale(Math.max(1, plain.scale())).toPlainString();
  }

  private static String text(String text) {
    boolean bare = BARE.matcher(text).matches();
    if (bare && new Tree.Scalar(text, true, false, "").isText()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c == '\n') {
                quoted.append("\\n");
              } else if ((c >= 0x20 && c < 0x7F) || Character.isLetterOrDigit(c)) {
                quoted.appendCodePoint(c);
              } else {
                quoted.append(String.format(Locale.ROOT, "\\U%08x", c));
              }
            });
    return quoted.append('"').toString();
  }
}
