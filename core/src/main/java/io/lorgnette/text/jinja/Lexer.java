package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with Jinja2's {@code trim_blocks} and {@code lstrip_blocks}: the
 * newline after a block or comment goes, and so does the indentation before one that starts a line.
 */
final class Lexer {

  private static final Pattern NUMBER =
      Pattern.compile(
          "\\d[\\d_]*(\\.\\d[\\d_]*([eE][+-]?\\d+)?|[eE][+-]?\\d+)|0[xX][0-9a-fA-F]+|\\d[\\d_]*");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*");
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",");
  private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*([-+]?)%\\}");
  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private boolean lineStarting = true;

  private Lexer(String template) {
    String text = template.replace("\r\n", "\n").replace('\r', '\n');
    source = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  static List<Token> tokens(String template) {
    Lexer lexer = new Lexer(template);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        text(source.substring(at), 0, false);
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      int sign = tag + 2 < source.length() ? source.charAt(tag + 2) : 0;
      text(source.substring(at, tag), sign, kind != '{');
      advance(tag);
      if (kind == '#') {
        comment(at + (sign == '-' || sign == '+' ? 3 : 2));
      } else if (kind == '%' && RAW.matcher(source).region(at, source.length()).lookingAt()) {
        raw();
      } else {
        advance(at + (sign == '-' || sign == '+' ? 3 : 2));
        inside(kind == '{');
      }
    }
    tokens.add(new Token(Token.Kind.END, "", line));
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : 0;
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  /** Adds text before a tag, less what the tag's sign or the settings take away. */
  private void text(String text, int sign, boolean block) {
    String kept = text;
    if (sign == '-') {
      kept = Python.rstrip(text, null);
    } else if (sign != '+' && block) {
      int start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || lineStarting) && Python.strip(text.substring(start), null).isEmpty()) {
        kept = text.substring(0, start);
      }
    }
    if (!kept.isEmpty()) {
      tokens.add(new Token(Token.Kind.TEXT, kept, line));
    }
  }

  private void comment(int start) {
    int end = source.indexOf("#}", start);
    if (end < 0) {
      throw JinjaException.at(line, "a comment does not end");
    }
    char sign = end > start ? source.charAt(end - 1) : 0;
    afterBlock(end + 2, sign);
  }

  private void raw() {
    Matcher begin = RAW.matcher(source).region(at, source.length());
    begin.lookingAt();
    afterBlock(begin.end(), begin.group(2).isEmpty() ? 0 : begin.group(2).charAt(0));
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw JinjaException.at(line, "a raw block does not end");
    }
    text(
        source.substring(at, end.start()),
        end.group(1).isEmpty() ? 0 : end.group(1).charAt(0),
        true);
    afterBlock(end.end(), end.group(2).isEmpty() ? 0 : end.group(2).charAt(0));
  }

  /** Goes on after a block or comment: all blanks go after "-", one newline unless "+". */
  private void afterBlock(int end, int sign) {
    int next = end;
    if (sign == '-') {
      next = afterBlanks(end);
    } else if (sign != '+' && next < source.length() && source.charAt(next) == '\n') {
      next++;
    }
    advance(next);
  }

  private int afterBlanks(int from) {
    int next = from;
    while (next < source.length() && Python.isSpace(source.charAt(next))) {
      next++;
    }
    return next;
  }

  private void advance(int to) {
    for (int i = at; i < to; i++) {
      line += source.charAt(i) == '\n' ? 1 : 0;
    }
    at = to;
    lineStarting = at > 0 && source.charAt(at - 1) == '\n';
  }

  private void inside(boolean variable) {
    tokens.add(
        new Token(
            variable ? Token.Kind.VARIABLE_BEGIN : Token.Kind.BLOCK_BEGIN,
            variable ? "{{" : "{%",
            line));
    String close = variable ? "}}" : "%}";
    int depth = 0;
    while (true) {
      advance(afterBlanks(at));
      if (at >= source.length()) {
        throw JinjaException.at(line, "a tag is not closed by " + close);
      }
      if (depth == 0 && closes(close)) {
        tokens.add(
            new Token(variable ? Token.Kind.VARIABLE_END : Token.Kind.BLOCK_END, close, line));
        char sign = source.charAt(at);
        int end = at + (source.startsWith(close, at) ? 2 : 3);
        if (variable) {
          advance(sign == '-' ? afterBlanks(end) : end);
        } else {
          afterBlock(end, sign == '-' || sign == '+' ? sign : 0);
        }
        return;
      }
      String operator = token();
      if ("([{".contains(operator) && !operator.isEmpty()) {
        depth++;
      } else if (")]}".contains(operator) && !operator.isEmpty()) {
        depth--;
      }
    }
  }

  private boolean closes(String close) {
    return source.startsWith(close, at)
        || source.startsWith("-" + close, at)
        || (close.equals("%}") && source.startsWith("+" + close, at));
  }

  /** Adds one token; gives the operator, or nothing where it is none. */
  private String token() {
    Matcher matcher = NUMBER.matcher(source).region(at, source.length());
    if (matcher.lookingAt()) {
      String digits = matcher.group().replace("_", "");
      boolean isFloat = matcher.group(1) != null;
      add(isFloat ? Token.Kind.FLOAT : Token.Kind.INTEGER, digits, matcher.end());
      return "";
    }
    matcher.usePattern(NAME);
    if (matcher.lookingAt()) {
      add(Token.Kind.NAME, matcher.group(), matcher.end());
      return "";
    }
    char quote = source.charAt(at);
    if (quote == '\'' || quote == '"') {
      int end = endOfString(quote);
      add(Token.Kind.STRING, Python.unescape(source.substring(at + 1, end)), end + 1);
      return "";
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        add(Token.Kind.OPERATOR, operator, at + operator.length());
        return operator;
      }
    }
    throw JinjaException.at(
        line, "the character \"" + Character.toString(source.codePointAt(at)) + "\" is not known");
  }

  private int endOfString(char quote) {
    int i = at + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    if (i >= source.length()) {
      throw JinjaException.at(line, "a text in quotes does not end");
    }
    return i;
  }

  private void add(Token.Kind kind, String text, int end) {
    tokens.add(new Token(kind, text, line));
    advance(end);
  }
}
