package io.lorgnette.metrics.spice;

import io.lorgnette.error.InputException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Parses by caption, in one file that is read whole and replaced whole. Thread-safe; of two
 * processes that write, the later one's file stays.
 *
 * <p>The format, compressed with gzip, all numbers big-endian: the 8 bytes {@code LGPARSE1}, the
 * number of records (4 bytes), the records, each of them length (4 bytes) and bytes of the caption
 * in UTF-8, length and bytes of the parse; the CRC-32 of all before it (8 bytes).
 */
final class ParseCache {

  /** At most as many captions are kept, the latest: some 100 MB of memory, 15 MB on disk. */
  static final int MAX_CAPTIONS = 200_000;

  private static final byte[] MAGIC = "LGPARSE1".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_BYTES = 1 << 22;

  private final Path file;
  private final int maxCaptions;
  private final Map<String, byte[]> parses = new LinkedHashMap<>();
  private int unwritten;

  private ParseCache(Path file, int maxCaptions) {
    this.file = file;
    this.maxCaptions = maxCaptions;
  }

  /**
   * Opens the cache of a parser.
   *
   * @param folder made when something is first written
   * @param parser names the file: parses of another parser are not mixed up
   * @throws InputException if the file there is damaged
   */
  static ParseCache open(Path folder, String parser, int maxCaptions) {
    ParseCache cache = new ParseCache(folder.resolve(parser + ".parses"), maxCaptions);
    if (Files.exists(cache.file)) {
      cache.read();
    }
    return cache;
  }

  synchronized Optional<List<Sentence>> get(String caption) {
    return Optional.ofNullable(parses.get(caption)).map(ParseCodec::decode);
  }

  synchronized void put(String caption, List<Sentence> sentences) {
    parses.put(caption, ParseCodec.encode(sentences));
    unwritten++;
    drop();
  }

  /** How many captions have been put that are not yet on disk. */
  synchronized int unwritten() {
    return unwritten;
  }

  synchronized int size() {
    return parses.size();
  }

  private void drop() {
    Iterator<String> oldest = parses.keySet().iterator();
    while (parses.size() > maxCaptions) {
      oldest.next();
      oldest.remove();
    }
  }

  private void read() {
    CRC32 sum = new CRC32();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))), sum))) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw damaged("it does not begin as a file of parses", null);
      }
      for (int left = in.readInt(); left > 0; left--) {
        String caption = new String(bytes(in), StandardCharsets.UTF_8);
        parses.put(caption, bytes(in));
      }
      long expected = sum.getValue();
      if (in.readLong() != expected) {
        throw damaged("its checksum differs", null);
      }
      if (in.read() >= 0) {
        throw damaged("there is more behind its checksum", null);
      }
    } catch (IOException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
    drop();
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("a record of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("it ends within a record");
    }
    return bytes;
  }

  private InputException damaged(String why, IOException cause) {
    return new InputException(
        file + " holds parses of captions for SPICE but is damaged (" + why + "); delete it.",
        cause);
  }

  /**
   * Writes what is new to disk.
   *
   * @throws InputException if that is not possible
   */
  synchronized void write() {
    if (unwritten == 0) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), "." + file.getFileName(), ".tmp");
      try {
        write(temporary);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException(
          "Parses of captions can not be kept in "
              + file
              + " ("
              + e
              + "); make room there, or set XDG_CACHE_HOME to another folder.",
          e);
    }
    unwritten = 0;
  }

  private void write(Path target) throws IOException {
    CRC32 sum = new CRC32();
    try (DataOutputStream out =
        new DataOutputStream(
            new CheckedOutputStream(
                new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(target))),
                sum))) {
      out.write(MAGIC);
      out.writeInt(parses.size());
      for (Map.Entry<String, byte[]> entry : parses.entrySet()) {
        byte[] caption = entry.getKey().getBytes(StandardCharsets.UTF_8);
        out.writeInt(caption.length);
        out.write(caption);
        out.writeInt(entry.getValue().length);
        out.write(entry.getValue());
      }
      out.writeLong(sum.getValue());
    }
  }
}
