package io.lorgnette.text.jinja;

/**
 * A piece of a template.
 *
 * @param text of a name, an operator, a number; a string's value; plain text between tags
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    TEXT,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind other, String value) {
    return kind == other && text.equals(value);
  }

  boolean isName(String value) {
    return is(Kind.NAME, value);
  }

  boolean isOperator(String value) {
    return is(Kind.OPERATOR, value);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case END -> "the end of the template";
      case TEXT -> "text";
      case VARIABLE_END -> "}}";
      case BLOCK_END -> "%}";
      default -> "\"" + text + "\"";
    };
  }
}
