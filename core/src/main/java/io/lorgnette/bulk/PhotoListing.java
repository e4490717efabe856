package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Photos one after the other, as they lie in folders and archives. What can not be listed comes as
 * a photo that can not be read. Belongs to one thread; its photos are read by any.
 */
public final class PhotoListing implements Iterator<BulkPhoto>, AutoCloseable {

  private final Iterator<Object> inputs;
  private final Predicate<String> wanted;
  private final Queue<BulkPhoto> waiting = new ArrayDeque<>();
  private final Deque<Path> paths = new ArrayDeque<>();
  private final Set<ArchivePhotos> opened = new HashSet<>();
  private Iterator<Path> files = Collections.emptyIterator();
  private ArchivePhotos archive;

  PhotoListing(List<Object> inputs, Predicate<String> wanted) {
    this.inputs = inputs.iterator();
    this.wanted = wanted;
  }

  @Override
  public boolean hasNext() {
    while (waiting.isEmpty()) {
      if (archive != null) {
        fromArchive();
      } else if (!paths.isEmpty()) {
        take(paths.remove());
      } else if (files.hasNext()) {
        take(files.next());
      } else if (inputs.hasNext()) {
        enter(inputs.next());
      } else {
        return false;
      }
    }
    return true;
  }

  private void fromArchive() {
    if (archive.hasNext()) {
      waiting.add(archive.next());
    } else {
      archive = null;
    }
  }

  private void enter(Object input) {
    if (input instanceof TreeInput tree) {
      files = new TreeWalk(tree, this::unreadable);
    } else {
      take((Path) input);
    }
  }

  private void unreadable(Path folder, InputException why) {
    if (wanted.test(folder.toString())) {
      waiting.add(BulkPhoto.broken(folder.toString(), why));
    }
  }

  /** Adds a file that was found otherwise: it comes after those of the current archive. */
  void add(Path file) {
    paths.add(file);
  }

  private void take(Path file) {
    if (FileKind.of(file) == FileKind.ARCHIVE) {
      archive = new ArchivePhotos(file, wanted);
      opened.removeIf(ArchivePhotos::isClosed);
      opened.add(archive);
    } else if (wanted.test(file.toString())) {
      waiting.add(new BulkPhoto(file.toString(), () -> ImageReader.read(file)));
    }
  }

  @Override
  public BulkPhoto next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return waiting.remove();
  }

  /** Passes over the next photo, which nobody will read. */
  void pass() {
    next();
    if (archive != null) {
      archive.passed();
    }
  }

  /** Closes what is open, whether its photos were read or not. */
  @Override
  public void close() {
    opened.forEach(ArchivePhotos::close);
  }
}
