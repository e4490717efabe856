package io.lorgnette.cli;

import io.lorgnette.distributed.LostProcessException;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Engine;
import io.lorgnette.train.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one place where failures become a sentence on standard error and an exit code. */
final class Failures
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  static final int FAILED = 1;
  static final int WRONG_USE = 2;
  static final int INTERRUPTED = 130;

  /** Runs the command, and lets errors of the virtual machine come through as failures. */
  int run(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandLine.ExecutionException e) {
      throw e;
    } catch (OutOfMemoryError | LinkageError | StackOverflowError e) {
      CommandLine line = parsed.commandSpec().commandLine();
      return report(line, e);
    }
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    String name = line.getCommandSpec().qualifiedName();
    print(line, name + ": " + failure.getMessage());
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        err.println("Did you mean " + String.join(" or ", near.subList(0, 1)) + "?");
      }
    }
    err.println("Try '" + name + " --help'.");
    return WRONG_USE;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
    return report(line, failure);
  }

  private static int report(CommandLine line, Throwable failure) {
    print(line, "lorgnette: " + sentence(failure));
    Lorgnette root = (Lorgnette) line.getCommandSpec().root().userObject();
    if (root.stackTrace()) {
      failure.printStackTrace(line.getErr());
    } else if (!(failure instanceof InputException)
        && !(failure instanceof NonFiniteLossException)
        && !(failure instanceof LostProcessException)) {
      line.getErr().println("Add --stack-trace to see where it comes from.");
    }
    line.getErr().flush();
    return failure instanceof InputException ? WRONG_USE : FAILED;
  }

  private static String sentence(Throwable failure) {
    if (failure instanceof InputException
        || failure instanceof NonFiniteLossException
        || failure instanceof LostProcessException) {
      return failure.getMessage();
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory ("
          + failure.getMessage()
          + "); take smaller batches, or more heap with LORGNETTE_JAVA_OPTS=-Xmx8g";
    }
    if (failure instanceof UncheckedIOException || failure instanceof IOException) {
      return String.valueOf(failure.getMessage());
    }
    // What libtorch throws has this very class.
    if (failure.getClass() == RuntimeException.class) {
      return Engine.firstLine(failure);
    }
    return "this is a defect of Lorgnette: "
        + failure.getClass().getSimpleName()
        + ": "
        + Engine.firstLine(failure);
  }

  private static void print(CommandLine line, String message) {
    line.getErr().println(line.getColorScheme().errorText(message));
  }
}
