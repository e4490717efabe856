package io.lorgnette.cli;

import io.lorgnette.metrics.ExtraCaptionMetric;

/** Shows how many captions an extra metric has parsed, once it has something to do. */
final class ParsingProgress implements ExtraCaptionMetric.Listener, AutoCloseable {

  private final Console console;
  private Progress progress = Progress.SILENT;
  private int total = -1;

  ParsingProgress(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void done(int done, int all) {
    if (all != total) {
      progress.close();
      progress = console.progress("parsing", "captions", all);
      total = all;
    }
    progress.at(done, "");
  }

  @Override
  public synchronized void close() {
    progress.close();
    progress = Progress.SILENT;
  }
}
