package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * The file of captions, one line of JSON for each photo, which is gone on with after any end: lines
 * are appended whole, and what a kill has torn at the end is mended when the file is next opened.
 * One process writes at a time.
 */
public final class CaptionFile implements AutoCloseable {

  private final Path path;
  private final FileChannel channel;
  private final NameSet known = new NameSet();

  private CaptionFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a file to go on with, or begins it.
   *
   * @throws InputException if it can not be written, another process is writing it, or a line in it
   *     is no caption
   */
  public static CaptionFile open(Path path) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (!lock(channel)) {
          throw new InputException(
              path + " is being written by another process; wait for it or choose another --out");
        }
        CaptionFile file = new CaptionFile(path, channel);
        file.mend();
        forEach(path, line -> file.known.add(line.image()));
        return file;
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

  /** Ends the last line if it is whole but for its end, and cuts it off if not. */
  private void mend() throws IOException {
    long size = channel.size();
    long start = size;
    ByteBuffer one = ByteBuffer.allocate(1);
    while (start > 0 && byteAt(start - 1, one) != '\n') {
      start--;
    }
    channel.position(size);
    if (start == size) {
      return;
    }
    ByteBuffer tail = ByteBuffer.allocate(Math.toIntExact(size - start));
    while (tail.hasRemaining() && channel.read(tail, start + tail.position()) > 0) {}
    if (CaptionLine.parse(new String(tail.array(), StandardCharsets.UTF_8)).isPresent()) {
      write("\n");
    } else if (start > 0 || tail.get(0) == '{') {
      channel.truncate(start).position(start);
    } // else: no file of ours, which reading it says
  }

  private byte byteAt(long position, ByteBuffer one) throws IOException {
    channel.read(one.clear(), position);
    return one.get(0);
  }

  /** Whether a photo has its caption here since before the file was opened. */
  public boolean contains(String image) {
    return known.contains(image);
  }

  /** Photos that had their caption before the file was opened. */
  public int size() {
    return known.size();
  }

  /** Adds a line, which is with the operating system when this returns. */
  public void append(CaptionLine line) {
    try {
      write(line.json() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  private void write(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads the lines of such a file, one after the other.
   *
   * @throws InputException if one is no caption
   */
  public static void forEach(Path path, Consumer<CaptionLine> action) {
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      long number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String place = path + ", line " + number++;
        action.accept(CaptionLine.parse(line).orElseThrow(() -> notACaption(place)));
      }
    } catch (NoSuchFileException e) {
      throw new InputException(path + " does not exist", e);
    } catch (IOException e) {
      throw new InputException(path + " can not be read: " + e.getMessage(), e);
    }
  }

  private static InputException notACaption(String place) {
    return new InputException(
        place
            + ", is not one JSON object with image and caption, as captions are written; mend it or"
            + " choose another --out");
  }

  @Override
  public void close() {
    try {
      channel.force(false);
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be written: " + e.getMessage(), e);
    }
  }
}
