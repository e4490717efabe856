package io.lorgnette.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes a PyTorch file with one F32 tensor {@code w} of zeros and a last 1, sparse on disk. */
final class LargeZip {

  private LargeZip() {}

  static void write(Path file, long elements) throws IOException {
    byte[] pickle = pickle(elements);
    long bytes = elements * 4;
    byte[] pickleHeader = local("a/data.pkl", pickle.length, false);
    byte[] dataHeader = local("a/data/0", bytes, true);
    long dataAt = (long) pickleHeader.length + pickle.length;
    long centralAt = dataAt + dataHeader.length + bytes;
    byte[] one = central("a/data.pkl", pickle.length, 0, false);
    byte[] two = central("a/data/0", bytes, dataAt, true);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.write(pickleHeader);
      out.write(pickle);
      out.write(dataHeader);
      out.seek(centralAt - 4);
      out.write(new byte[] {0, 0, (byte) 0x80, 0x3F});
      out.write(one);
      out.write(two);
      int length = one.length + two.length;
      out.write(
          buffer(56)
              .putInt(0x06064b50)
              .putLong(44)
              .putShort((short) 45)
              .putShort((short) 45)
              .putInt(0)
              .putInt(0)
              .putLong(2)
              .putLong(2)
              .putLong(length)
              .putLong(centralAt)
              .array());
      out.write(
          buffer(20).putInt(0x07064b50).putInt(0).putLong(centralAt + length).putInt(1).array());
      out.write(
          buffer(22)
              .putInt(0x06054b50)
              .putInt(0)
              .putShort((short) 2)
              .putShort((short) 2)
              .putInt(length)
              .putInt(-1)
              .putShort((short) 0)
              .array());
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] local(String name, long size, boolean wide) {
    byte[] bytes = new byte[30 + name.length() + (wide ? 20 : 0)];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x04034b50).putShort((short) 45).putLong(0).putInt(0);
    out.putInt(wide ? -1 : (int) size).putInt(wide ? -1 : (int) size);
    out.putShort((short) name.length()).putShort((short) (wide ? 20 : 0));
    out.put(name.getBytes(StandardCharsets.US_ASCII));
    if (wide) {
      out.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
    }
    return bytes;
  }

  private static byte[] central(String name, long size, long at, boolean wide) {
    byte[] bytes = new byte[46 + name.length() + (wide ? 28 : 0)];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x02014b50).putInt(45).putShort((short) 0).putShort((short) 0).putLong(0);
    out.putInt(wide ? -1 : (int) size).putInt(wide ? -1 : (int) size);
    out.putShort((short) name.length())
        .putShort((short) (wide ? 28 : 0))
        .putLong(0)
        .putShort((short) 0);
    out.putInt(wide ? -1 : (int) at);
    out.put(name.getBytes(StandardCharsets.US_ASCII));
    if (wide) {
      out.putShort((short) 1).putShort((short) 24).putLong(size).putLong(size).putLong(at);
    }
    return bytes;
  }

  /** {@code {"w": a contiguous tensor of storage 0}}. */
  private static byte[] pickle(long elements) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x80, 2, '}'});
    text(out, "w");
    out.write("ctorch._utils\n_rebuild_tensor_v2\n((".getBytes(StandardCharsets.US_ASCII));
    text(out, "storage");
    out.write("ctorch\nFloatStorage\n".getBytes(StandardCharsets.US_ASCII));
    text(out, "0");
    text(out, "cpu");
    whole(out, elements);
    out.write("tQK\0(".getBytes(StandardCharsets.US_ASCII));
    whole(out, elements);
    out.write("t(K\1t".getBytes(StandardCharsets.US_ASCII));
    out.write(0x89);
    out.write("NtRs.".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) throws IOException {
    out.write('X');
    out.write(buffer(4).putInt(text.length()).array());
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void whole(ByteArrayOutputStream out, long value) throws IOException {
    out.write(0x8a);
    out.write(8);
    out.write(buffer(8).putLong(value).array());
  }
}
