package io.lorgnette.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Starts the program. */
public final class Main {

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code = commandLine(out, err, arguments).execute(arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /**
   * The program over two streams; {@code execute} returns the exit code.
   *
   * @param arguments that it will get; with none it has all commands
   */
  static CommandLine commandLine(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = Lorgnette.line(arguments);
    line.setOut(out);
    line.setErr(err);
    Failures failures = new Failures();
    line.setParameterExceptionHandler(failures);
    line.setExecutionExceptionHandler(failures);
    line.setExecutionStrategy(failures::run);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUseSimplifiedAtFiles(true);
    HelpLayout.apply(line);
    return line;
  }

  /** UTF-8 whatever the locale says: captions have letters that a C locale would lose. */
  private static PrintWriter writer(FileDescriptor descriptor) {
    OutputStream stream = new FileOutputStream(descriptor);
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
