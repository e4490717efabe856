package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of paths with {@code /} between its parts: {@code *} and {@code ?} within a name,
 * {@code **} over any number of folders, none among them, {@code [a-z]} and {@code {jpg,png}}.
 *
 * @param base the folder of the parts before the first special character
 * @param depth parts below the base, or {@link Integer#MAX_VALUE} with {@code **}
 */
record Glob(Path base, PathMatcher matcher, int depth) {

  private static final Pattern SPECIAL = Pattern.compile("[*?\\[{]");

  static boolean isGlob(String text) {
    return SPECIAL.matcher(text).find();
  }

  /**
   * Reads a pattern.
   *
   * @throws InputException if it is broken
   */
  static Glob of(String text) {
    int cut = 0; // where the first part with a special character begins
    for (int slash = text.indexOf('/'); slash >= 0; slash = text.indexOf('/', slash + 1)) {
      if (isGlob(text.substring(0, slash))) {
        break;
      }
      cut = slash + 1;
    }
    String rest = text.substring(cut);
    // Java's ** wants at least one folder before a slash; a shell's wants none.
    String pattern = rest.replaceAll("(^|/)\\*\\*/", "$1{,**/}");
    try {
      return new Glob(
          Path.of(text.substring(0, cut)),
          FileSystems.getDefault().getPathMatcher("glob:" + pattern),
          rest.contains("**") ? Integer.MAX_VALUE : rest.split("/").length);
    } catch (PatternSyntaxException e) {
      throw new InputException(
          text + " is neither a file nor a pattern that can be read: " + e.getDescription(), e);
    }
  }

  /** Whether a path below the base is meant. */
  boolean matches(Path path) {
    return matcher.matches(base.relativize(path));
  }
}
