package io.lorgnette.text.jinja;

/** A template that can not be read, fails, or refuses what it was given. */
public final class JinjaException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int line;
  private final boolean raised;

  private JinjaException(String message, int line, boolean raised) {
    super(message);
    this.line = line;
    this.raised = raised;
  }

  static JinjaException at(int line, String message) {
    return new JinjaException(message, line, false);
  }

  /** A failure whose line the interpreter adds. */
  static JinjaException of(String message) {
    return new JinjaException(message, 0, false);
  }

  /** What a template says by {@code raise_exception}. */
  static JinjaException raised(String message) {
    return new JinjaException(message, 0, true);
  }

  JinjaException inLine(int number) {
    return line > 0 ? this : new JinjaException(getMessage(), number, raised);
  }

  /** Line of the template, from 1 on. */
  public int line() {
    return line;
  }

  /** Whether the template itself said so. */
  public boolean isRaised() {
    return raised;
  }
}
