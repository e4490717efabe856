package io.lorgnette.bulk;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.error.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a run could not caption, one line of JSON each: {@code {"image", "reason"}}. A run begins
 * the list anew, since it tries again what failed before; there is no file when nothing failed.
 */
public final class FailureFile implements AutoCloseable {

  private final Path path;
  private BufferedWriter out;

  /**
   * Takes away the list of an earlier run.
   *
   * @throws InputException if that can not be done
   */
  public FailureFile(Path path) {
    this.path = path;
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new InputException(path + " can not be written anew: " + e.getMessage(), e);
    }
  }

  /** The list that belongs to a file of captions: {@code captions.failed.jsonl}. */
  public static Path beside(Path captions) {
    String name = captions.getFileName().toString();
    return captions.resolveSibling(name.replaceFirst("\\.jsonl$", "") + ".failed.jsonl");
  }

  /** Adds a line. */
  public void append(String image, String reason) {
    try {
      if (out == null) {
        out = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
      }
      out.write(
          JsonNodeFactory.instance.objectNode().put("image", image).put("reason", reason) + "\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
