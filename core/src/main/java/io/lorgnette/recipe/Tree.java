package io.lorgnette.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What YAML said, before any type is asked for; every value knows the place it came from. */
sealed interface Tree {

  /** Where the value stands, such as {@code mapl.yaml, line 12} or {@code --set train.steps=5}. */
  String place();

  /** The value in words, for messages. */
  String words();

  /**
   * One value without structure.
   *
   * @param plain written without quotes, so it may be a number, true, false or null
   * @param option came from {@code --set}, where quotes are the shell's: any scalar passes as text
   */
  record Scalar(String text, boolean plain, boolean option, String place) implements Tree {
    // The YAML 1.2 core schema, without octal and hexadecimal numbers.
    private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern FLAG = Pattern.compile("true|True|TRUE|false|False|FALSE");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,40}");
    private static final Pattern NUMBER =
        Pattern.compile("[-+]?(\\.[0-9]{1,40}|[0-9]{1,40}(\\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,5})?");
    private static final Pattern NOT_FINITE =
        Pattern.compile("[-+]?(\\.inf|\\.Inf|\\.INF)|\\.nan|\\.NaN|\\.NAN");

    boolean isNull() {
      return plain && NULL.matcher(text).matches();
    }

    boolean isFlag() {
      return plain && FLAG.matcher(text).matches();
    }

    boolean isInteger() {
      return plain && INTEGER.matcher(text).matches();
    }

    boolean isNumber() {
      return plain && NUMBER.matcher(text).matches();
    }

    boolean isText() {
      return !plain || !(isNull() || isFlag() || isNumber() || NOT_FINITE.matcher(text).matches());
    }

    @Override
    public String words() {
      if (isNull()) {
        return "empty";
      }
      if (isFlag()) {
        return "the flag " + text;
      }
      return isText() ? "the text \"" + shortened(text) + "\"" : "the number " + shortened(text);
    }

    private static String shortened(String text) {
      return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
  }

  /** Keys in the order of the file, each with the place of the key itself. */
  record Mapping(Map<String, Tree> values, Map<String, String> keyPlaces, String place)
      implements Tree {
    static Mapping empty(String place) {
      return new Mapping(new LinkedHashMap<>(), new LinkedHashMap<>(), place);
    }

    void put(String key, String keyPlace, Tree value) {
      values.put(key, value);
      keyPlaces.put(key, keyPlace);
    }

    @Override
    public String words() {
      return "a section with keys";
    }
  }

  /** Items in order; the list can be changed, so that an override can replace one item. */
  record Sequence(List<Tree> items, String place) implements Tree {
    @Override
    public String words() {
      return "a list";
    }
  }
}
