package io.lorgnette.bulk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeSet;

/**
 * The entries of one folder by name, of which only so many are held at a time: the folder is read
 * again for the next ones. A million photos in one folder are some reads of it, not a million names
 * in memory.
 */
final class SortedFolder implements Iterator<Path> {

  private static final int HELD = 1 << 16;

  private final Path folder;
  private final int held;
  private final Queue<String> names = new ArrayDeque<>();
  private String last = "";
  private boolean more = true;

  /**
   * Reads the first entries.
   *
   * @throws IOException if the folder can not be read
   */
  SortedFolder(Path folder) throws IOException {
    this(folder, HELD);
  }

  SortedFolder(Path folder, int held) throws IOException {
    this.folder = folder;
    this.held = held;
    fill();
  }

  private void fill() throws IOException {
    TreeSet<String> next = new TreeSet<>();
    more = false;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.compareTo(last) > 0) {
          next.add(name);
          if (next.size() > held) {
            next.pollLast();
            more = true;
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.addAll(next);
  }

  @Override
  public boolean hasNext() {
    if (names.isEmpty() && more) {
      try {
        fill();
      } catch (IOException e) {
        throw new DirectoryIteratorException(e);
      }
    }
    return !names.isEmpty();
  }

  @Override
  public Path next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    last = names.remove();
    return folder.resolve(last);
  }
}
