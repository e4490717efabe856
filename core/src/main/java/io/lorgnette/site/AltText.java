package io.lorgnette.site;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A caption as an alternative text: a sentence with a capital letter and a full stop, at which
 * screen readers pause, without {@code a photo of}, which they say themselves, and short.
 */
public final class AltText {

  /** Characters at most; many screen readers cut longer ones or read them in parts. */
  public static final int LONGEST = 125;

  private static final Pattern OPENING =
      Pattern.compile(
          "^(an?|the|this is an?)?\\s*(close-?up )?(photo|photograph|picture|image|photo shot|shot)"
              + " (of|showing)\\s+",
          Pattern.CASE_INSENSITIVE);

  private AltText() {}

  /** The text; empty for a caption without a letter or digit. */
  public static String of(String caption) {
    String text = caption.strip().replaceAll("\\s+", " ");
    text = OPENING.matcher(text).replaceFirst("").replaceFirst("[\\s.,;:]+$", "");
    if (text.chars().noneMatch(Character::isLetterOrDigit)) {
      return "";
    }
    if (text.length() + 1 > LONGEST) {
      int cut = text.lastIndexOf(' ', LONGEST - 2);
      text = text.substring(0, cut > 0 ? cut : LONGEST - 2).replaceFirst("[\\s.,;:]+$", "") + "…";
    } else if (!text.matches(".*[!?]")) {
      text += ".";
    }
    int first = Character.charCount(text.codePointAt(0));
    return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first);
  }
}
