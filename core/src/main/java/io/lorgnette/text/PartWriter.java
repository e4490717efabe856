package io.lorgnette.text;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** Writes the ids of one part of a source and counts what goes in. */
final class PartWriter implements AutoCloseable {

  private final Path folder;
  private final String name;
  private final FileChannel channel;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  private long documents;
  private long tokens;
  private long bytes;

  PartWriter(Path folder, String name) throws IOException {
    this.folder = folder;
    this.name = name;
    channel =
        FileChannel.open(
            folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void add(int[] ids, int textBytes) {
    for (int id : ids) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      buffer.putShort((short) id);
    }
    documents++;
    tokens += ids.length;
    bytes += textBytes;
  }

  long documents() {
    return documents;
  }

  long tokens() {
    return tokens;
  }

  PackedIndex.PartEntry finish() {
    flush();
    String sha256 = Sha256.hex(digest);
    return new PackedIndex.PartEntry(name, documents, tokens, bytes, sha256);
  }

  private void flush() {
    buffer.flip();
    digest.update(buffer.duplicate());
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new InputException(
          folder.resolve(name) + ": can not be written (" + e.getMessage() + ")", e);
    }
    buffer.clear();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
