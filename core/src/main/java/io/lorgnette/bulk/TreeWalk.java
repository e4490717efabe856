package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;

/**
 * The files below a folder that are meant, folder by folder in the order of names. Links to files
 * are followed, links to folders are not, hidden folders are left out. A folder that can not be
 * read is told and passed over.
 */
final class TreeWalk implements Iterator<Path> {

  /**
   * A folder that is being read.
   *
   * @param everything whether all photos below are meant, since the folder itself was
   */
  private record Level(SortedFolder entries, boolean everything) {}

  private final TreeInput input;
  private final BiConsumer<Path, InputException> unreadable;
  private final Deque<Level> levels = new ArrayDeque<>();
  private Path next;

  TreeWalk(TreeInput input, BiConsumer<Path, InputException> unreadable) {
    this(input, input.base(), unreadable);
  }

  /**
   * Reads a part of what is meant.
   *
   * @param folder the input's, or one below it
   */
  TreeWalk(TreeInput input, Path folder, BiConsumer<Path, InputException> unreadable) {
    this.input = input;
    this.unreadable = unreadable;
    enter(folder, input.isMeant(folder));
  }

  private void enter(Path folder, boolean everything) {
    try {
      levels.push(new Level(new SortedFolder(folder), everything));
    } catch (IOException e) {
      unreadable.accept(folder, TreeInput.unreadable(folder, e));
    }
  }

  @Override
  public boolean hasNext() {
    while (next == null && !levels.isEmpty()) {
      Level level = levels.peek();
      try {
        if (level.entries().hasNext()) {
          take(level.entries().next(), level.everything());
        } else {
          levels.pop();
        }
      } catch (DirectoryIteratorException e) {
        levels.pop();
        unreadable.accept(input.base(), TreeInput.unreadable(input.base(), e.getCause()));
      }
    }
    return next != null;
  }

  private void take(Path path, boolean everything) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      boolean all = everything || input.isMeant(path);
      if (!path.getFileName().toString().startsWith(".") && (all || input.mayHold(path))) {
        enter(path, all);
      }
    } else if (input.takes(path, everything) && Files.isRegularFile(path)) {
      next = path;
    }
  }

  @Override
  public Path next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Path path = next;
    next = null;
    return path;
  }
}
