package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** The right to write a cache, held by one process, and there by one writer, at a time. */
final class WriterLock implements AutoCloseable {

  private static final long POLL_MILLIS = 100;

  /** The lock lies beyond the bytes that hold the process number: others may read that. */
  private static final long LOCKED_BYTE = 1 << 10;

  private final FileChannel channel;
  private final FileLock lock;

  private WriterLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * @throws InputException if another writer holds it for longer than the wait
   */
  static WriterLock acquire(Path dataFile, long waitMillis) throws IOException {
    Path file = dataFile.resolveSibling(dataFile.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    try {
      while (true) {
        FileLock lock = tryLock(channel);
        if (lock != null) {
          channel.truncate(0);
          String process = Long.toString(ProcessHandle.current().pid());
          channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)), 0);
          return new WriterLock(channel, lock);
        }
        if (System.nanoTime() >= end) {
          throw new InputException(
              dataFile
                  + " is being written by process "
                  + holder(file)
                  + "; wait for it to end, or choose another cache folder");
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new InputException(dataFile + " is being written by another process", e);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      return null; // by another writer of this process
    }
  }

  private static String holder(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    return text.isEmpty() ? "unknown" : text;
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
