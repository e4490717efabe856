package io.lorgnette.metrics;

import static io.lorgnette.metrics.PtbAbbreviations.BEFORE_NUMBERS;
import static io.lorgnette.metrics.PtbAbbreviations.DOUBLING;
import static io.lorgnette.metrics.PtbAbbreviations.KEEPING;
import static io.lorgnette.metrics.PtbAbbreviations.SENTENCE_STARTERS;

import io.lorgnette.metrics.PtbRule.Writing;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The kinds of tokens, in the order that decides between equally long matches.
 *
 * <p>The rules were written from observed input and output of the reference tool alone: exhaustive
 * strings over small alphabets, vocabularies in fixed contexts and random mixtures, until what the
 * two produced was the same. Their oddities are the tool's.
 */
final class PtbRules {

  // Character kinds: é any letter, ٣ any digit beyond ASCII, ̀ a mark (see PtbCharacters).
  private static final String ALNUM = "[A-Za-zé0-9٣]";
  private static final String DIGIT = "[0-9٣]";
  private static final String BLANK = "[ \t\u00A0\u2003]";
  private static final String APOSTROPHE = "['’`‘]";
  private static final String WORD = "[A-Za-zé\u0300\u00AD][A-Za-zé0-9٣\u0300\u00AD]*+";
  private static final String CLITIC = "['’](?i:s|m|d|ll|re|ve)";

  /** x_y, twenty-one: letters and digits joined by single hyphens or underscores. */
  private static final String JOINED = ALNUM + "+(?:[_‐-]" + ALNUM + "+){0,99}";

  /** 1.5-litre, l'eau-de-vie: dots and commas before the first hyphen. */
  private static final String HEAD = "[A-Za-z0-9][A-Za-z0-9.,\u00AD]*";

  private static final String FRENCH = "[dDoOlL]" + APOSTROPHE;
  private static final String HYPHENATED =
      optional(FRENCH + "[A-Za-z0-9]")
          + HEAD
          + ("(?:-" + optional(FRENCH + "[A-Za-z0-9]") + "[A-Za-z0-9\u00AD]+){1,99}");

  /** end.Start, yes!no. */
  private static final String RUN_ON = WORD + "(?:[.!?]" + WORD + "){1,99}";

  private static final String ACRONYM = "[A-Za-z](?:\\.[A-Za-z]){1,99}\\.";
  private static final String COMPANY = "[A-Z]+(?:&(?:(?i:amp);)?[A-Z]+){1,99}";
  private static final String TAG_NAME = "[A-Za-z][A-Za-z0-9_:.-]*";
  private static final String TAG_AHEAD = "</?" + TAG_NAME + " */?>";
  private static final String NEW_SENTENCE =
      BLANK + "+(?:" + SENTENCE_STARTERS + "(?:" + BLANK + "|\\z)|" + TAG_AHEAD + ")";

  private static final String HOST_PART = "[^ \t\u00A0!\"(),.<>?{|}]+";
  private static final String ADDRESS_END = "[^ \t\u00A0!\"(),\\-.<>?{|}]";
  private static final String PATH = optional("/[^ \t\u00A0\"()<>|]+" + ADDRESS_END);
  private static final String MAIL = "[^ \t\u00A0\"()<>{|}]*";
  private static final String MAIL_HOST = "[^ \t\u00A0\".()<>{|}]+";
  private static final String FACE = "[-^x=~<>']";

  /** The rules, most preferred first. */
  static final List<PtbRule> ALL = List.copyOf(all());

  private final List<PtbRule> rules = new ArrayList<>();

  private PtbRules() {}

  private static List<PtbRule> all() {
    PtbRules rules = new PtbRules();
    rules.markup();
    rules.words();
    rules.apostrophes();
    rules.compounds();
    rules.fullStops();
    rules.numbers();
    rules.addresses();
    rules.symbols();
    rules.quotes();
    rules.add(Writing.PLAIN, '\0', "[^ ‐\0]");
    return rules.rules;
  }

  private void markup() {
    String attribute = " +" + TAG_NAME + "(?:=(?:\"[^\"]*\"|'[^']*'))?+";
    add(Writing.MARKUP, '<', "<[!?][-A-Za-z][^>]*>");
    add(Writing.MARKUP, '<', "</" + TAG_NAME + " *>");
    add(Writing.MARKUP, '<', "<" + TAG_NAME + "(?:" + attribute + "){0,99} */? *>");
    fixed("&", "&(?i:amp);");
    fixed("<", "&(?i:lt);");
    fixed(">", "&(?i:gt);");
    fixed("--", "&(?i:mdash|ndash|md);");
    fixed("``", "(&quot;)[A-Za-z0-9$]");
    fixed("''", "&quot;");
    fixed("'", "&apos;");
    add(Writing.SKIPPED, '&', "&(?i:nbsp);");
    String entities = "ht|tl|ur|lr|qc|ql|qr|odq|cdq|[aeiou](?:acute|grave|uml)";
    add(Writing.PLAIN, '&', "&(?:#[0-9]+|(?i:" + entities + "));");
  }

  private void words() {
    String twoTokens = "((?i)can(?=not)|gon(?=na)|wan(?=na)|got(?=ta)|lem(?=me)|gim(?=me))";
    add(Writing.WORD, '\0', twoTokens + "(?i:not|na|ta|me)");
    add(Writing.WORD, '\0', WORD);
    add(Writing.WORD, '\0', "(" + WORD + "(?:[.!?]" + WORD + "){0,99})" + CLITIC);
    add(Writing.WORD, '\0', "([A-Za-z][A-Za-z\u00AD]*?)(?<![nN])[nN]" + APOSTROPHE + "[tT]");
    add(Writing.QUOTES, '\0', "[nN]" + APOSTROPHE + "[tT]");
  }

  private void apostrophes() {
    // O'Neil and l'eau, only'an and see'em, then the few with a rule of their own.
    add(Writing.PLAIN, '\0', "[nA-HJ-XZdlo]" + APOSTROPHE + "[A-Za-zé]{2,}");
    String vowels = "[aeiouyAEIOUY]" + APOSTROPHE + "[aeiouA-Z]";
    add(Writing.PLAIN, '\0', "[A-Za-zé]+" + vowels + "[A-Za-zé]*");
    String either = "(?i:o" + APOSTROPHE + "o|e" + APOSTROPHE + "er|cap" + APOSTROPHE + "n)";
    add(Writing.PLAIN, '\0', either + "|(?i:nat'l|li'l|c'mon|c'est|ev'ry)|[sS]'[mM]ores");
    add(Writing.PLAIN, '\0', "(?i:d|j|l|ol|dunkin|somethin)" + APOSTROPHE);
    add(Writing.PLAIN, '\0', "([yY]['’])[A-Za-zé]");
    add(Writing.PLAIN, '\0', "['’][nN]['’]");
    add(Writing.PLAIN, '\0', "['’](?:(?i:cause|em|n|till?)|[0-9]{2}[sS])");
    add(Writing.PLAIN, '\0', "(['’][0-9]{2})(?:" + BLANK + "|\\z)");
    add(Writing.PLAIN, '\'', "('[tT])(?i:is|was)");
    add(Writing.PLAIN, '\0', FRENCH + ALNUM + "{2,}");
  }

  private void compounds() {
    add(Writing.WORD, '\0', JOINED);
    add(Writing.WORD, '-', HYPHENATED);
    add(Writing.PLAIN, '-', HEAD + "(?:-[A-Za-z0-9]+){0,99}-" + ACRONYM);
    add(Writing.PLAIN, '_', "__+");
    add(Writing.PLAIN, '-', "(?i:anti|pro)-");
    String part = "[A-Za-z0-9]+(?:[-‐][A-Za-z]+){0,99}";
    add(Writing.PLAIN, '/', part + "/" + part + optional("/" + part));
    add(Writing.WORD, '&', COMPANY + "|(?i:s&ls)");
    add(Writing.PLAIN, '\0', "[cC]\\+\\+|[cCfF]#");
    add(Writing.PLAIN, '$', "[A-Z]+\\$");
  }

  private void fullStops() {
    String before = "(?:" + String.join("|", WORD, JOINED, HYPHENATED) + ")";
    String french = FRENCH + ALNUM + "{2,}";
    before = "(?:" + String.join("|", before, COMPANY, RUN_ON, french) + ")";
    add(Writing.PLAIN, '.', ACRONYM);
    add(Writing.PLAIN, '.', "(?:" + DOUBLING + "|" + KEEPING + ")\\.");
    add(Writing.PLAIN, '.', "(" + BEFORE_NUMBERS + "\\.) ?" + DIGIT);
    add(Writing.PLAIN, '.', "((?:" + DOUBLING + ")\\.)[^ \t\u00A0\u2003]");
    add(Writing.WORD, '\0', RUN_ON);
    add(
        Writing.STOP_AGAIN,
        '.',
        "((?:" + DOUBLING + ")\\.)" + BLANK + "(?:[A-Z \t\u00A0\u2003]|" + TAG_AHEAD + "|\\z)");
    add(Writing.STOP_AGAIN, '.', "(" + ACRONYM + ")" + NEW_SENTENCE);
    add(
        Writing.STOP_AGAIN,
        '-',
        "(" + HEAD + "(?:-[A-Za-z0-9]+){0,99}-" + ACRONYM + ")" + NEW_SENTENCE);
    add(Writing.PLAIN, '.', "([A-Za-z])\\." + NEW_SENTENCE);
    add(Writing.WORD, '.', "(" + before + "\\.)[,:;]");
    fixed("...", "\\.(?: \\.){2,4}|\\.{3,5}|…");
  }

  private void numbers() {
    String separator = "[:.,٫٬\u00AD]";
    add(
        Writing.WORD,
        '\0',
        "[-+]?(?:" + DIGIT + "*(?:" + separator + DIGIT + "+){1,99}|" + DIGIT + "+)");
    add(Writing.PLAIN, '\0', d("{1,2}[-/]") + d("{1,2}[-/]") + d("{2,4}"));
    add(Writing.PLAIN, '\0', optional(d("{1,4}-")) + d("{1,4}[/⁄]") + d("{1,4}"));
    add(Writing.SPACED, ' ', d("{1,4} ") + d("{1,4}[/⁄]") + d("{1,4}"));
    String area = "(?:\\([0-9]{2,3}\\) ?|(?:\\+\\+?)?(?:[0-9]{2,4}[- ]){1,2})";
    add(Writing.SPACED, '\0', area + "[0-9]{3,4}[- ]?[0-9]{3,5}");
    fixed("1/2", "½");
    fixed("1/4", "¼");
    fixed("3/4", "¾");
    fixed("1/3", "⅓");
    fixed("2/3", "⅔");
  }

  private void addresses() {
    add(
        Writing.PLAIN,
        '@',
        "<?[A-Za-z0-9]" + MAIL + "@(?:" + MAIL_HOST + "\\.){0,99}" + MAIL_HOST + ">?");
    add(Writing.PLAIN, '/', "(?i:https?)://[^ \t\u00A0\"()<>{|}]+" + ADDRESS_END);
    add(Writing.PLAIN, '.', "(?i:www)\\.(?:" + HOST_PART + "\\.){1,99}[A-Za-z]{2,4}" + PATH);
    // The tool's class for bare hosts runs from the comma to the back quote, digits included.
    String bare = "[^ \t\u00A0\u2003\0!\"$'(),-`{|}]+\\.";
    add(Writing.PLAIN, '.', "(?:" + bare + "){1,99}(?i:com|net|org|edu)" + PATH);
    String extensions =
        "bat|bmp|c|cgi|class|cpp|dll|docx?|exe|gif|gz|h|html?|jar|java|jpeg|jpg|mov|mp3|pdf|php|pl"
            + "|png|ppt|ps|py|sql|tar|txt|wav|x|xml|zip";
    String file = ALNUM + "+(?:\\." + ALNUM + "+){0,99}\\.(?i:" + extensions + ")";
    add(Writing.PLAIN, '.', "(" + file + ")(?:[.,?! \t\u00A0\u2003]|\\z)");
    add(Writing.PLAIN, '@', "@[A-Za-z_][A-Za-z0-9_]*");
    add(Writing.PLAIN, '#', "#[A-Za-zé][A-Za-zé\u0300]*");
  }

  private void symbols() {
    String mouth = "[()@DOPdp\\[\\]{|\\\\]";
    add(Writing.SPACED, '\0', "([<>]?[:;=][-'*o]?" + mouth + ")(?:[^A-Za-z0-9]|\\z)");
    add(Writing.PLAIN, '_', FACE + "_" + FACE);
    add(Writing.SPACED, '(', "\\(" + FACE + "[_.]?" + FACE + "\\)");
    add(Writing.SPACED, '(', "\\([\\^x=~<>']-[\\^x=~<>']\\)");
    add(Writing.PLAIN, '\0', "@@+|##+|\\*\\*+|<<|>>|²+|[?!]+|\\\\\\*");
    fixed("--", "-{2,4}|–");
    add(Writing.PLAIN, '-', "-----+");
    fixed("#", "£");
    fixed("$", "€");
    fixed("cents", "¢");
    add(Writing.PLAIN, '-', "-(?i:[lr][rsc]b)-");
    fixed("-lrb-", "\\(");
    fixed("-rrb-", "\\)");
    fixed("-lsb-", "\\[");
    fixed("-rsb-", "\\]");
    fixed("-lcb-", "\\{");
    fixed("-rcb-", "\\}");
  }

  private void quotes() {
    fixed("``", "(\")[A-Za-z0-9$]");
    fixed("''", "\"|''");
    add(Writing.QUOTES, '\0', "[`‘’“”„‹›]{1,2}");
    add(Writing.QUOTES, '\0', "(" + CLITIC + ")(?:[^A-Za-z]|\\z)");
    fixed("`", "(')[A-Za-z][^ \t\u00A0]");
    add(Writing.QUOTES, '\0', CLITIC);
    fixed("'", "'");
  }

  private void fixed(String token, String regex) {
    rules.add(new PtbRule(Pattern.compile(regex), Writing.FIXED, token, '\0'));
  }

  private void add(Writing writing, char needs, String regex) {
    rules.add(new PtbRule(Pattern.compile(regex), writing, "", needs));
  }

  private static String optional(String regex) {
    return "(?:" + regex + ")?";
  }

  private static String d(String rest) {
    return DIGIT + rest;
  }

  /** The rules that can start a token at a character of kind {@code kind}, in order. */
  static PtbRule[] startingWith(char kind) {
    return ALL.stream().filter(rule -> rule.canStartWith(kind)).toArray(PtbRule[]::new);
  }
}
