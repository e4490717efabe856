package io.lorgnette.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of a page of results. */
final class PageFiles {

  private PageFiles() {}

  /** Writes a file and the folders above it. */
  static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + file + ": " + e.getMessage(), e);
    }
  }
}
