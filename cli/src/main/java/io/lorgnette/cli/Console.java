package io.lorgnette.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.io.Writer;
import picocli.CommandLine.Help.ColorScheme;

/**
 * The two streams of a command: results on standard output, everything else on standard error.
 *
 * @param json whether results are to be JSON
 * @param quiet whether only errors and results are to be written
 */
record Console(PrintWriter out, PrintWriter err, ColorScheme colours, boolean json, boolean quiet) {

  /** One on which only errors are heard: for a process that another one speaks for. */
  Console silent() {
    return new Console(new PrintWriter(Writer.nullWriter()), err, colours, json, true);
  }

  /** A line of the result. */
  void result(String line) {
    out.println(line);
  }

  /** A result as one JSON document. */
  void result(JsonNode node) {
    try {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A remark on what goes on. */
  void say(String line) {
    if (!quiet) {
      err.println(line);
      err.flush();
    }
  }

  /** Progress of a task, to be closed at its end. */
  Progress progress(String task, String unit, long total) {
    if (quiet) {
      return Progress.SILENT;
    }
    return Terminal.interactive()
        ? new ProgressBarView(err, task, unit, total)
        : new ProgressLines(err, task, unit, total);
  }
}
