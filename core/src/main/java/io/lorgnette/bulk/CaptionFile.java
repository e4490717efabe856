package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The file of captions, one line of JSON for each photo, which is gone on with after any end: lines
 * are appended whole, and what a kill has torn at the end is mended when the file is next opened.
 * One process writes at a time.
 */
public final class CaptionFile implements AutoCloseable {

  private final Path path;
  private final RandomAccessFile file; // not a channel, which an interrupt would close
  private final NameSet known = new NameSet();

  private CaptionFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
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
      RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
      try {
        if (!lock(file)) {
          throw new InputException(
              path + " is being written by another process; wait for it or choose another --out");
        }
        CaptionFile captions = new CaptionFile(path, file);
        captions.mend();
        forEach(path, line -> captions.known.add(line.image()));
        return captions;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new InputException(path + " can not be written: " + e.getMessage(), e);
    }
  }

  private static boolean lock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Ends the last line if it is whole but for its end, and cuts it off if not. */
  private void mend() throws IOException {
    long size = file.length();
    long start = size;
    while (start > 0 && byteAt(start - 1) != '\n') {
      start--;
    }
    byte[] tail = new byte[Math.toIntExact(size - start)];
    file.seek(start);
    file.readFully(tail);
    if (tail.length == 0) {
      return;
    }
    if (CaptionLine.parse(new String(tail, StandardCharsets.UTF_8)).isPresent()) {
      write("\n");
    } else if (start > 0 || tail[0] == '{') {
      file.setLength(start);
      file.seek(start);
    } // else: no file of ours, which reading it says
  }

  private byte byteAt(long position) throws IOException {
    file.seek(position);
    return file.readByte();
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
    file.write(text.getBytes(StandardCharsets.UTF_8));
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
      file.getFD().sync();
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can not be written: " + e.getMessage(), e);
    }
  }
}
