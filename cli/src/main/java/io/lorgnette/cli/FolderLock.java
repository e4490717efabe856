package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A folder, or a named part of it, for one process at a time, by a lock on a file in it. The system
 * frees the lock when the process ends, however it ends; the file stays and means nothing.
 */
final class FolderLock implements AutoCloseable {

  private static final String FILE = ".lock";
  private static final String PARTS = ".locks";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a folder, which is made where it is missing.
   *
   * @throws InputException if another process has it, or it can not be locked
   */
  static FolderLock of(Path folder) {
    return lock(folder.resolve(FILE))
        .orElseThrow(
            () ->
                new InputException(
                    "another process works in "
                        + folder
                        + "; wait for it, stop it, or choose another --out"));
  }

  /**
   * Takes a part of a folder, if no other process has it.
   *
   * @param part its name
   * @throws InputException if it can not be locked
   */
  static Optional<FolderLock> ofPart(Path folder, String part) {
    return lock(folder.resolve(PARTS).resolve(part));
  }

  private static Optional<FolderLock> lock(Path file) {
    try {
      Files.createDirectories(file.getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!taken(channel)) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(new FolderLock(channel));
    } catch (IOException e) {
      throw new InputException(
          file + " can not be locked (" + e + "); choose an --out that can be written", e);
    }
  }

  private static boolean taken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this process, elsewhere
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
