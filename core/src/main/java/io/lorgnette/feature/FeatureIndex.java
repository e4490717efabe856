package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Form of the index file beside the records: a header, then one entry for each record, in order.
 *
 * <pre>
 * header, 64-byte aligned:
 *   magic "LGFEAT01" | durable, long | its complement, long | length of JSON, int | CRC-32C of JSON, int | JSON
 * entry, 64 bytes:
 *   SHA-256, 32 bytes | view, int | CRC-32C of the record, int | number of the record, long
 *   | CRC-32C of the 48 bytes before, int | zeros
 * </pre>
 *
 * <p>All numbers little-endian, but for the hash. {@code durable} counts the records that are known
 * to be on disk whole; later ones are checked when the file is opened.
 */
final class FeatureIndex {

  static final int ENTRY_BYTES = 64;
  private static final int DURABLE_AT = 8;
  private static final int FIXED_BYTES = 32;
  private static final int MAX_JSON_BYTES = 1 << 20;
  private static final byte[] MAGIC = "LGFEAT01".getBytes(StandardCharsets.US_ASCII);

  /**
   * A record that the index knows.
   *
   * @param checksum of the record's bytes
   */
  record Entry(FeatureKey key, int checksum) {}

  /**
   * @param bytes size of the header: entries follow
   * @param durable as the file says, 0 if that is damaged
   */
  record Header(FeatureShape shape, int bytes, long durable) {}

  private FeatureIndex() {}

  private static ByteBuffer header(FeatureShape shape) {
    byte[] json = shape.toJson().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = buffer(headerBytes(json.length));
    out.put(MAGIC).putLong(0).putLong(~0L).putInt(json.length).putInt(checksum(json)).put(json);
    return out.rewind();
  }

  private static int headerBytes(int jsonBytes) {
    return (FIXED_BYTES + jsonBytes + ENTRY_BYTES - 1) / ENTRY_BYTES * ENTRY_BYTES;
  }

  /**
   * @throws InputException if this is no index
   */
  static Header readHeader(FileChannel channel, Path file) throws IOException {
    ByteBuffer fixed = buffer(FIXED_BYTES);
    if (!readFully(channel, fixed, 0) || !fixed.slice(0, 8).equals(ByteBuffer.wrap(MAGIC))) {
      throw damaged(file, "does not begin as a feature cache");
    }
    long durable = fixed.getLong(DURABLE_AT);
    if (durable < 0 || fixed.getLong(DURABLE_AT + 8) != ~durable) {
      durable = 0; // torn: every record is then checked
    }
    int length = fixed.getInt(24);
    if (length < 2 || length > MAX_JSON_BYTES) {
      throw damaged(file, "has a damaged header");
    }
    byte[] json = new byte[length];
    if (!readFully(channel, ByteBuffer.wrap(json), FIXED_BYTES)
        || checksum(json) != fixed.getInt(28)) {
      throw damaged(file, "has a damaged header");
    }
    FeatureShape shape = FeatureShape.of(json);
    if (shape == null) {
      throw damaged(file, "has a header of another version");
    }
    return new Header(shape, headerBytes(length), durable);
  }

  /** Makes an index without entries: whole or not at all. */
  static void create(Path file, FeatureShape shape) throws IOException {
    Path temporary =
        Files.createTempFile(file.toAbsolutePath().getParent(), "." + file.getFileName(), ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        writeFully(channel, header(shape), 0);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static void writeDurable(FileChannel channel, long records) throws IOException {
    ByteBuffer out = buffer(16).putLong(records).putLong(~records).flip();
    writeFully(channel, out, DURABLE_AT);
  }

  static void put(ByteBuffer out, FeatureKey key, int checksum, long record) {
    int start = out.position();
    out.order(ByteOrder.BIG_ENDIAN);
    out.putLong(key.hash0()).putLong(key.hash1()).putLong(key.hash2()).putLong(key.hash3());
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(key.view()).putInt(checksum).putLong(record);
    out.putInt(checksum(out.slice(start, 48)));
    out.position(start + ENTRY_BYTES);
  }

  /** The entry at the buffer's position, or null if it is not that record's whole entry. */
  static Entry get(ByteBuffer in, long record) {
    int start = in.position();
    int stored = in.getInt(start + 48);
    boolean whole = stored == checksum(in.slice(start, 48)) && in.getLong(start + 40) == record;
    in.position(start + ENTRY_BYTES);
    if (!whole || in.getInt(start + 32) < 0) {
      return null;
    }
    byte[] hash = new byte[32];
    in.get(start, hash);
    return new Entry(FeatureKey.ofHash(hash, in.getInt(start + 32)), in.getInt(start + 36));
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static int checksum(byte[] bytes) {
    return checksum(ByteBuffer.wrap(bytes));
  }

  /** Whether the file had as many bytes. */
  static boolean readFully(FileChannel channel, ByteBuffer into, long position) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    into.flip();
    return true;
  }

  static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  static InputException damaged(Path file, String what) {
    return new InputException(
        file
            + " "
            + what
            + "; delete it and the file of records beside it, they will be made anew");
  }
}
