package io.lorgnette.data;

import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeNode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Image file names for sets whose files give only ids, by a pattern such as {@code
 * COCO_{subtype}_{id:12}.jpg}: {@code {id}} is the id as it is, {@code {id:12}} the number with
 * leading zeros, {@code {subtype}} the file's {@code data_subtype}.
 */
record ImageNames(String pattern) {
  private static final Pattern ID = Pattern.compile("\\{id(?::([0-9]{1,2}))?}");

  /** Reads the key {@code image_name}. */
  static String read(RecipeNode n, String fallback) {
    String pattern = n.text("image_name", fallback);
    n.check(
        isPattern(pattern),
        "image_name",
        "must be a file name with {id} or {id:12} in it but is " + pattern);
    return pattern;
  }

  /** Whether the pattern has an id in it and nothing else in braces. */
  static boolean isPattern(String pattern) {
    String rest = ID.matcher(pattern).replaceAll("").replace("{subtype}", "");
    return ID.matcher(pattern).find() && rest.indexOf('{') < 0 && rest.indexOf('}') < 0;
  }

  /** Throws when the pattern needs a {@code data_subtype} that the file does not have. */
  void check(RecordFile file, Map<String, String> header) {
    if (pattern.contains("{subtype}") && !header.containsKey("data_subtype")) {
      throw new InputException(
          file.name()
              + ": there is no data_subtype, so image names can not follow "
              + pattern
              + "; give image_name without {subtype} in the recipe.");
    }
  }

  String of(String id, Map<String, String> header) {
    Matcher matcher = ID.matcher(pattern);
    String name = matcher.replaceAll(match -> Matcher.quoteReplacement(padded(id, match.group(1))));
    return name.replace("{subtype}", header.getOrDefault("data_subtype", ""));
  }

  private static String padded(String id, String width) {
    return width == null || !id.matches("[0-9]{1,18}")
        ? id
        : String.format(Locale.ROOT, "%0" + Integer.parseInt(width) + "d", Long.parseLong(id));
  }
}
