package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
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
 * <p>Files are read and written through {@link RandomAccessFile}: an interrupted thread closes a
 * channel. All numbers little-endian, but for the hash. {@code durable} counts the records that are
 * known to be on disk whole; later ones are checked when the file is opened.
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

  private static byte[] header(FeatureShape shape) {
    byte[] json = shape.toJson().getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[headerBytes(json.length)];
    ByteBuffer out = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putLong(0).putLong(~0L).putInt(json.length).putInt(checksum(json)).put(json);
    return header;
  }

  private static int headerBytes(int jsonBytes) {
    return (FIXED_BYTES + jsonBytes + ENTRY_BYTES - 1) / ENTRY_BYTES * ENTRY_BYTES;
  }

  /**
   * @throws InputException if this is no index
   */
  static Header readHeader(RandomAccessFile in, Path file) throws IOException {
    byte[] start = new byte[FIXED_BYTES];
    if (!readFully(in, start, 0) || !Arrays.equals(start, 0, 8, MAGIC, 0, 8)) {
      throw damaged(file, "does not begin as a feature cache");
    }
    ByteBuffer fixed = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    long durable = fixed.getLong(DURABLE_AT);
    if (durable < 0 || fixed.getLong(DURABLE_AT + 8) != ~durable) {
      durable = 0; // torn: every record is then checked
    }
    int length = fixed.getInt(24);
    if (length < 2 || length > MAX_JSON_BYTES) {
      throw damaged(file, "has a damaged header");
    }
    byte[] json = new byte[length];
    if (!readFully(in, json, FIXED_BYTES) || checksum(json) != fixed.getInt(28)) {
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
      try (RandomAccessFile out = new RandomAccessFile(temporary.toFile(), "rw")) {
        out.write(header(shape));
        out.getFD().sync();
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static void writeDurable(RandomAccessFile out, long records) throws IOException {
    out.seek(DURABLE_AT);
    out.write(buffer(16).putLong(records).putLong(~records).array());
  }

  static byte[] entry(FeatureKey key, int checksum, long record) {
    ByteBuffer out = ByteBuffer.allocate(ENTRY_BYTES); // big-endian, as the hash's bytes are
    out.putLong(key.hash0()).putLong(key.hash1()).putLong(key.hash2()).putLong(key.hash3());
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(key.view()).putInt(checksum).putLong(record);
    return out.putInt(checksum(out.slice(0, 48))).array();
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

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  static int checksum(byte[] bytes) {
    return checksum(ByteBuffer.wrap(bytes));
  }

  /** Fills an array from a place on; whether the file had as many bytes. */
  static boolean readFully(RandomAccessFile in, byte[] into, long position) throws IOException {
    if (in.length() < position + into.length) {
      return false;
    }
    in.seek(position);
    in.readFully(into);
    return true;
  }

  static InputException damaged(Path file, String what) {
    return new InputException(
        file
            + " "
            + what
            + "; delete it and the file of records beside it, they will be made anew");
  }
}
