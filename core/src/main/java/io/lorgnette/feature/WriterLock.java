package io.lorgnette.feature;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The right to write a cache, held by one process, and there by one writer, at a time. */
final class WriterLock implements AutoCloseable {

  private static final long POLL_MILLIS = 100;

  /** The lock lies beyond the bytes that hold the process number: others may read that. */
  private static final long LOCKED_BYTE = 1 << 10;

  private final RandomAccessFile file;
  private final FileLock lock;

  private WriterLock(RandomAccessFile file, FileLock lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * @throws InputException if another writer holds it for longer than the wait
   */
  static WriterLock acquire(Path dataFile, long waitMillis) throws IOException {
    Path path = dataFile.resolveSibling(dataFile.getFileName() + ".lock");
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    try {
      while (true) {
        FileLock lock = tryLock(file.getChannel());
        if (lock != null) {
          file.setLength(0);
          file.writeBytes(Long.toString(ProcessHandle.current().pid()));
          return new WriterLock(file, lock);
        }
        if (System.nanoTime() >= end) {
          throw new InputException(
              dataFile
                  + " is being written by process "
                  + holder(path)
                  + "; wait for it to end, or choose another cache folder");
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      file.close();
      Thread.currentThread().interrupt();
      throw new InputException(dataFile + " is being written by another process", e);
    } catch (IOException | RuntimeException e) {
      file.close();
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
    file.close();
  }
}
