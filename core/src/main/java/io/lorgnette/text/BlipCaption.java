package io.lorgnette.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Captions as BLIP and BLIP-2 read them (LAVIS' {@code BlipCaptionProcessor}): in lower case,
 * without most punctuation, cut to so many words. Commas, hyphens and apostrophes stay.
 */
public final class BlipCaption {

  /** Words of a caption at most, as published. */
  public static final int MAX_WORDS = 50;

  private static final Pattern MARKS = Pattern.compile("[.!\"()*#:;~]");
  private static final Pattern SPACES = Pattern.compile("\\s{2,}", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern LINE_ENDS = Pattern.compile("\n+$");
  private static final Pattern OUTER_SPACES = Pattern.compile("^ +| +$");

  private BlipCaption() {}

  /** The caption cut to {@link #MAX_WORDS}; empty where nothing is left of it. */
  public static String of(String caption) {
    return of(caption, MAX_WORDS);
  }

  /**
   * The caption cut to so many words. Applying this twice changes nothing more.
   *
   * @param maxWords at least 1
   */
  public static String of(String caption, int maxWords) {
    String text = MARKS.matcher(caption.toLowerCase(Locale.ROOT)).replaceAll(" ");
    text = SPACES.matcher(text).replaceAll(" ");
    text = LINE_ENDS.matcher(text).replaceAll("");
    text = OUTER_SPACES.matcher(text).replaceAll("");
    String[] words = text.split(" ", -1);
    return words.length <= maxWords ? text : String.join(" ", Arrays.copyOf(words, maxWords));
  }
}
