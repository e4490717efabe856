package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;

/**
 * A file that is read once from front to back and then in slices. Gzip is inflated into a temporary
 * file that goes away with this object. Safe for several threads.
 */
final class RecordFile implements AutoCloseable {
  private static final long MAX_INFLATED = 64L << 30;

  private final String name;
  private final FileChannel channel;

  private RecordFile(String name, FileChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  static RecordFile open(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      RecordFile plain = new RecordFile(path.toString(), channel);
      if (!plain.isGzip()) {
        return plain;
      }
      try (plain) {
        return plain.inflated();
      }
    } catch (IOException e) {
      throw Bytes.unreadable(path.toString(), e);
    }
  }

  /** The name for messages. */
  String name() {
    return name;
  }

  /** All bytes from the start, buffered; closing it closes nothing else. */
  InputStream stream() {
    return new BufferedInputStream(new Positioned(), 1 << 16);
  }

  byte[] read(long slice) {
    ByteBuffer bytes = ByteBuffer.allocate(Slice.length(slice));
    try {
      long offset = Slice.offset(slice);
      while (bytes.hasRemaining()) {
        int n = channel.read(bytes, offset + bytes.position());
        if (n < 0) {
          throw new InputException(name + " has become shorter while it was in use; start again.");
        }
      }
    } catch (IOException e) {
      throw Bytes.unreadable(name, e);
    }
    return bytes.array();
  }

  long size() throws IOException {
    return channel.size();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw Bytes.unreadable(name, e);
    }
  }

  private boolean isGzip() throws IOException {
    ByteBuffer magic = ByteBuffer.allocate(2);
    return channel.read(magic, 0) == 2 && magic.get(0) == 0x1f && magic.get(1) == (byte) 0x8b;
  }

  private RecordFile inflated() throws IOException {
    Path temporary = Files.createTempFile("lorgnette-", ".inflated");
    FileChannel target =
        FileChannel.open(
            temporary,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try (InputStream in = new GZIPInputStream(stream(), 1 << 16)) {
      OutputStream out = Channels.newOutputStream(target);
      byte[] buffer = new byte[1 << 16];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        total += n;
        if (total > MAX_INFLATED) {
          throw new InputException(name + " inflates to more than 64 GiB; it is not read.");
        }
        out.write(buffer, 0, n);
      }
      return new RecordFile(name, target);
    } catch (IOException e) {
      target.close();
      throw new InputException(
          name + ": the gzip data are broken or cut off (" + e.getMessage() + "); fetch it again.",
          e);
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  /** Reads the channel at its own position, so that slices can be read at the same time. */
  private final class Positioned extends InputStream {
    private long position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = channel.read(ByteBuffer.wrap(bytes, offset, length), position);
      position += Math.max(0, n);
      return n;
    }
  }
}
