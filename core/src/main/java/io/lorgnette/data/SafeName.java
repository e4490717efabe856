package io.lorgnette.data;

import java.util.regex.Pattern;

/** Names that come from annotation files, archives and recipes. */
final class SafeName {
  private static final int MAX_LENGTH = 1024;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

  private SafeName() {}

  /** Whether the name is relative and stays below the folder it is relative to, on every system. */
  static boolean isSafe(String name) {
    if (name.isEmpty()
        || name.length() > MAX_LENGTH
        || name.indexOf('\\') >= 0
        || name.chars().anyMatch(c -> c < 0x20)
        || DRIVE.matcher(name).matches()) {
      return false;
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** The name without its folder and without the ending after the last dot. */
  static String stem(String name) {
    String base = name.substring(name.lastIndexOf('/') + 1);
    int dot = base.lastIndexOf('.');
    return dot > 0 ? base.substring(0, dot) : base;
  }
}
