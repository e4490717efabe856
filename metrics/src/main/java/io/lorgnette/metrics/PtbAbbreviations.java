package io.lorgnette.metrics;

import java.util.Set;

/**
 * Words that keep their full stop, as alternatives of a regular expression.
 *
 * <p>Found by giving the reference tool every string of one to five letters, and every word of a
 * large vocabulary, with a full stop behind it (see {@code tools/ptb}).
 */
final class PtbAbbreviations {

  /** Keep the full stop; before a capital letter the stop also ends the sentence. */
  static final String DOUBLING =
      "(?i:ala?|apr|ariz|assn|aug|bhd|bldg|blvd|bros|calif|colo|conn|corp|cos?|ct|dak|dec|esq|est"
          + "|etc|ext|feb|fla|fri|ga|inc|ind|intl|jan|jr|jul|jun|kans?|ky|ltd|mar|md|mich|minn|mo"
          + "|mont?|neb|nev|nov|oct|okla|penn|ph\\.d|plc|rd|rt|sept?|seq|sq|sr|sys|tel|tenn|thu"
          + "|thurs|tues?|univ|va|vt|wed|wisc?|wyo)"
          // Also words of their own, so only with a capital letter.
          + "|A(?:rk|RK)|A[zZ]|D(?:el|EL)|I(?:ll|LL)|L[aA]|M(?:ass|ASS|iss|ISS)|O(?:re|RE)|P[aA]"
          + "|T(?:ex|EX)|W(?:ash|ASH)|[Pp]p?t[ey]s?";

  /** Keep the full stop, whatever follows. */
  static final String KEEPING =
      "(?i:[a-z]|adj|adm|adv|alex|assoc|asst|attys?|ave|brig|capt|cf|cie|cmdr|col|comdr|cont'd|cpl"
          + "|dept|det|drs?|elec|ens|ft|gen|govs?|hon|insp|invt|jos|lieut|lt|maj|messrs|mlle|mme"
          + "|mrs?|ms|msgr|mt|natl|pfc|ph|pres|profs?|pvt|reps?|rev|sens?|sfc|sgt|spc|ste?|supts?"
          + "|treas|vs|wm)|[Mm]fg|[Mm]tg";

  /** The longest of those of letters alone that keep their full stop has so many. */
  static final int LONGEST_WORD = 6;

  /** Keep the full stop only before a number. */
  static final String BEFORE_NUMBERS = "(?i:art|ca|figs?|nos?|op|pp|prop)";

  /** Words that, capitalised after an acronym or initial, show that a sentence has begun. */
  static final String SENTENCE_STARTERS =
      "(?=[A-Z])(?i:a|about|according|after|an|as|at|but|earlier|he|her|here|however|if|in|it|last"
          + "|many|more|mr\\.|ms\\.|now|once|one|other|our|she|since|so|some|such|that|the|their|then|there"
          + "|these|they|this|we|what|when|while|yet|you)";

  /** Words written as two tokens. */
  static final Set<String> SPLIT_WORDS =
      Set.of("cannot", "gimme", "gonna", "gotta", "lemme", "wanna");

  private PtbAbbreviations() {}
}
