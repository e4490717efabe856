package io.lorgnette.spark.app;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Engine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.spark.SparkException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Starts the application. */
@Command(
    name = "lorgnette-spark",
    description = "Lorgnette's work on whole sets of images, on Spark.",
    mixinStandardHelpOptions = true,
    subcommands = {
      FeaturesCommand.class,
      CollectCommand.class,
      CaptionCommand.class,
      AnswerCommand.class,
      FilterCommand.class,
      CaptionFilterCommand.class,
      DuplicatesCommand.class,
      ScoreCommand.class
    },
    footer = {
      "",
      "  spark-submit lorgnette-spark-app.jar caption s3a://set/shards --out s3a://set/captions",
      "",
      "A job that was stopped goes on where it was when the same command is given.",
      "Exit codes: 0 fine, 1 failed while running, 2 wrong use or bad input."
    })
public final class Main implements Runnable {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  @Spec private CommandSpec spec;

  /** Runs a command; a failure ends the process with its exit code. */
  public static void main(String[] arguments) {
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code = commandLine(out, err).execute(arguments);
    out.flush();
    err.flush();
    // In a cluster the driver's end is told by the return of main.
    if (code != 0) {
      System.exit(code);
    }
  }

  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new Main());
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((failure, where, parsed) -> report(where, failure));
    return line;
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  /** Bad input is a sentence, whichever executor found it. */
  private static int report(CommandLine line, Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InputException) {
        line.getErr().println("lorgnette-spark: " + cause.getMessage());
        return WRONG_USE;
      }
    }
    if (failure instanceof SparkException) {
      line.getErr().println("lorgnette-spark: " + Engine.firstLine(failure));
    } else {
      line.getErr().println("lorgnette-spark: " + failure);
    }
    failure.printStackTrace(line.getErr());
    return FAILED;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
