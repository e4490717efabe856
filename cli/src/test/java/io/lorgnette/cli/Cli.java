package io.lorgnette.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine;

/**
 * One run of the program inside the test.
 *
 * @param out what went to standard output
 * @param err what went to standard error
 */
record Cli(int code, String out, String err) {

  /** The program, its output thrown away. */
  static CommandLine program() {
    return Main.commandLine(
        new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()));
  }

  /** Runs the program. */
  static Cli run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = texts(arguments);
    return run(
        Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true), texts),
        out,
        err,
        texts);
  }

  /** Runs the program with one more command. */
  static Cli runWith(Object command, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));
    CommandLine extra = new CommandLine(command);
    extra.setErr(line.getErr()).setOut(line.getOut());
    extra.setExecutionExceptionHandler(line.getExecutionExceptionHandler());
    line.addSubcommand(extra);
    return run(line, out, err, texts(arguments));
  }

  private static String[] texts(Object... arguments) {
    return Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
  }

  private static Cli run(
      CommandLine line, StringWriter out, StringWriter err, String... arguments) {
    int code = line.execute(arguments);
    line.getOut().flush();
    line.getErr().flush();
    return new Cli(code, out.toString(), err.toString());
  }

  /** The repository that the tests run in. */
  static Path repository() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
