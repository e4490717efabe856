package io.lorgnette.text.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A template as Hugging Face writes them for chats: Jinja2's language with {@code trim_blocks} and
 * {@code lstrip_blocks}, {@code break} and {@code continue}, the {@code generation} mark, and the
 * functions {@code raise_exception}, {@code strftime_now}, {@code namespace}, {@code range} and
 * {@code dict}.
 *
 * <p>A template reaches only the values that it is given, which must be plain. Immutable and
 * thread-safe.
 */
public final class JinjaTemplate {

  private static final int LONGEST = 1 << 20;

  private final List<Statement> statements;

  private JinjaTemplate(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException if it is not one, or uses what is not known
   */
  public static JinjaTemplate parse(String template) {
    if (template.length() > LONGEST) {
      throw JinjaException.at(1, "it has more than " + LONGEST + " characters");
    }
    try {
      return new JinjaTemplate(Parser.parse(template));
    } catch (StackOverflowError e) {
      throw JinjaException.at(1, "it is nested too deeply");
    }
  }

  /**
   * The template's text for some values.
   *
   * @param values texts, whole and other numbers, truth values, null, lists and maps of such
   * @param now what {@code strftime_now} says
   * @throws JinjaException if the template fails, refuses the values or does not come to an end
   * @throws IllegalArgumentException if a value is of another kind
   */
  public String render(Map<String, ?> values, Supplier<LocalDateTime> now) {
    Scope scope = new Scope(null);
    scope.set(
        "raise_exception",
        (Callable)
            a -> {
              throw JinjaException.raised(Python.str(a.require(0, "message")));
            });
    scope.set(
        "strftime_now", (Callable) a -> Formats.date((String) a.require(0, "format"), now.get()));
    scope.set("namespace", (Callable) JinjaTemplate::namespace);
    scope.set("dict", (Callable) a -> new LinkedHashMap<Object, Object>(entries(a)));
    scope.set("range", (Callable) JinjaTemplate::range);
    values.forEach((name, value) -> scope.set(name, plain(value, 0)));
    try {
      return new Interpreter().run(statements, new Scope(scope));
    } catch (StackOverflowError e) {
      throw JinjaException.at(1, "it is nested too deeply");
    }
  }

  private static Map<Object, Object> entries(Arguments arguments) {
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (Object source : arguments.positional()) {
      if (!(source instanceof Map<?, ?> map)) {
        throw JinjaException.of("expected a dict, not " + Operators.type(source));
      }
      entries.putAll(map);
    }
    entries.putAll(arguments.named());
    return entries;
  }

  private static Namespace namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    entries(arguments).forEach((name, value) -> namespace.set(Python.str(name), value));
    return namespace;
  }

  private static List<Object> range(Arguments arguments) {
    int count = arguments.positional().size();
    int first = Operators.toInt(arguments.require(0, "start"));
    int start = count > 1 ? first : 0;
    int stop = count > 1 ? Operators.toInt(arguments.positional().get(1)) : first;
    int step = arguments.whole(2, "step", 1);
    if (step == 0) {
      throw JinjaException.of("a range can not have the step 0");
    }
    Limits.checkItems(Math.max(0, ((long) stop - start) / step));
    List<Object> items = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      items.add(i);
    }
    return items;
  }

  /** A copy that shares nothing with the caller. */
  private static Object plain(Object value, int depth) {
    if (depth > Limits.DEEPEST) {
      throw new IllegalArgumentException("the values of a template are nested too deeply");
    }
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      return ((Number) value).longValue();
    }
    if (value instanceof Double || value instanceof Float) {
      return ((Number) value).doubleValue();
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(plain(item, depth + 1)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item, depth + 1)));
      return copy;
    }
    throw new IllegalArgumentException(
        "a template takes texts, numbers, truth values, lists and maps, not a "
            + value.getClass().getName());
  }
}
