package io.lorgnette.curate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * A file of JSON lines that grows batch by batch and is gone on with after a crash: a heading that
 * says what it is about, then one line for each item. What is not a whole batch at its end is cut
 * off, so that the batches, and with them every digit, are those of a run that never stopped. One
 * process writes at a time.
 */
final class LineFile implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final long done;

  private LineFile(Path path, FileChannel channel, long done) {
    this.path = path;
    this.channel = channel;
    this.done = done;
  }

  /**
   * Opens a file to go on with, or begins it.
   *
   * @param heading what it is about; must be the same each time
   * @param batch items that are written at once
   * @param total items that there will be
   * @throws InputException if the file is about something else, or another process is writing it
   */
  static LineFile open(Path path, ObjectNode heading, int batch, long total) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (!lock(channel)) {
          throw new InputException(
              path + " is being written by another process; wait for it or choose another folder");
        }
        long done = resume(path, channel, heading, batch, total);
        return new LineFile(path, channel, done);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new InputException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static long resume(
      Path path, FileChannel channel, ObjectNode heading, int batch, long total)
      throws IOException {
    byte[] first = (heading + "\n").getBytes(StandardCharsets.UTF_8);
    long lines = 0; // whole ones, the heading among them
    long end = 0; // of the last whole batch
    long length = 0;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    channel.position(0);
    while (channel.read(buffer.clear()) > 0) {
      for (int i = 0; i < buffer.position(); i++) {
        length++;
        if (buffer.get(i) == '\n') {
          lines++;
          if ((lines - 1) % batch == 0 || lines - 1 == total) {
            end = length;
          }
        }
      }
    }
    if (lines == 0) {
      channel.truncate(0).position(0);
      write(channel, first);
      return 0;
    }
    try (BufferedReader reader = Files.newBufferedReader(path)) {
      String begun = reader.readLine();
      if (!begun.equals(heading.toString())) {
        throw new InputException(
            path
                + " was begun with other data, another model or other settings ("
                + begun
                + "); delete it or choose another folder");
      }
    }
    channel.truncate(end).position(end);
    long items = Math.min(lines - 1, total);
    return items == total ? total : items / batch * batch;
  }

  /** Items that are in the file already when it was opened. */
  long done() {
    return done;
  }

  /** Adds a batch. */
  void append(List<ObjectNode> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    try {
      write(channel, text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /**
   * Reads the items of a file, one after the other.
   *
   * @throws InputException if a line is broken
   */
  static void forEach(Path path, Consumer<JsonNode> item) {
    try (BufferedReader reader = Files.newBufferedReader(path)) {
      reader.readLine(); // the heading
      long number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        try {
          item.accept(JSON.readTree(line));
        } catch (JsonProcessingException e) {
          throw new InputException(
              path + ", line " + number + " is damaged; delete the file and begin again", e);
        }
      }
    } catch (IOException e) {
      throw new InputException(path + " can not be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
