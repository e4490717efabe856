package io.lorgnette.weights;

import java.util.regex.Pattern;

/**
 * A pattern of file names as Hugging Face's programs take them: {@code *} stands for anything, also
 * over slashes, {@code ?} for one character, {@code [ab]} for one of some; a slash at the end for a
 * whole folder.
 */
final class FileGlob {

  private final Pattern pattern;

  FileGlob(String glob) {
    String whole = glob.endsWith("/") ? glob + "*" : glob;
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < whole.length(); i++) {
      char c = whole.charAt(i);
      int end = c == '[' ? whole.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (end > 0) {
        String inner = whole.substring(i + 1, end).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
        regex.append('[').append(inner.replaceFirst("^!", "^")).append(']');
        i = end;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  boolean matches(String name) {
    return pattern.matcher(name).matches();
  }
}
