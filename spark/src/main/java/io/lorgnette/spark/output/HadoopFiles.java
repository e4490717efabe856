package io.lorgnette.spark.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Small files on any Hadoop file system, and files that appear as a whole. */
final class HadoopFiles {

  private HadoopFiles() {}

  /** The text of a file; empty where there is none. */
  static Optional<String> read(Path path, Configuration hadoop) throws IOException {
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Writes a file that is there as a whole or not at all. */
  static void write(Path path, Path temporary, String text, Configuration hadoop)
      throws IOException {
    try (OutputStream out = path.getFileSystem(hadoop).create(temporary, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    move(temporary, path, hadoop);
  }

  /**
   * Puts a file that is complete into its place. Where another attempt at the same work was quicker
   * its file stays, which has the same contents.
   */
  static void move(Path from, Path to, Configuration hadoop) throws IOException {
    FileSystem system = to.getFileSystem(hadoop);
    system.mkdirs(to.getParent());
    if (system.exists(to)) {
      system.delete(to, false);
    }
    if (!renamed(system, from, to)) {
      if (!system.exists(to)) {
        throw new IOException(from + " could not be renamed to " + to);
      }
      system.delete(from, false);
    }
  }

  private static boolean renamed(FileSystem system, Path from, Path to) throws IOException {
    try {
      return system.rename(from, to);
    } catch (org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false;
    }
  }
}
