package io.lorgnette.report;

import io.lorgnette.error.InputException;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that appear whole or not at all: written beside their place, then moved there. */
public final class WholeFile {

  private WholeFile() {}

  /** Writes what a file is to hold. */
  @FunctionalInterface
  public interface Content {
    void write(OutputStream out) throws IOException;
  }

  /** Writes the text that a file is to hold. */
  @FunctionalInterface
  public interface Text {
    void write(BufferedWriter out) throws IOException;
  }

  /**
   * Writes a file; folders on its way are made.
   *
   * @param what what it is, for messages: {@code the report}
   * @throws InputException if it can not be written; what was there before is still there
   */
  public static void write(Path file, String what, Content content) {
    try {
      // A link stays a link.
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Files.createDirectories(target.getParent());
      // Not createTempFile, whose files only their owner can read.
      Path temporary =
          target.resolveSibling(
              "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
      try {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
          content.write(out);
        }
        keepPermissions(target, temporary);
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          what + " " + file + " can not be written (" + e + "); choose another place", e);
    }
  }

  private static void keepPermissions(Path from, Path to) throws IOException {
    if (Files.exists(from) && Files.getFileStore(from).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
  }

  /** As {@link #write}, text in UTF-8. */
  public static void writeText(Path file, String what, Text text) {
    write(
        file,
        what,
        out -> {
          BufferedWriter writer =
              new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
          text.write(writer);
          writer.flush();
        });
  }
}
