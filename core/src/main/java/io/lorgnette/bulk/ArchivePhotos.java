package io.lorgnette.bulk;

import io.lorgnette.data.ImageSource;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/**
 * The photos of a tar or zip file in its order. The archive is opened when it is first asked and
 * closed when the last of its photos has been read.
 */
final class ArchivePhotos implements Iterator<BulkPhoto>, AutoCloseable {

  private final Path path;
  private final Predicate<String> wanted;
  private ImageSource source; // null before it is opened, and where it can not be
  private Iterator<String> names;
  private Iterator<String> refused = Collections.emptyIterator();
  private BulkPhoto next;
  private boolean any; // photos at all, wanted or not
  private int unread; // photos handed out and not read yet
  private boolean listed;
  private boolean closed;

  ArchivePhotos(Path path, Predicate<String> wanted) {
    this.path = path;
    this.wanted = wanted;
  }

  static String name(Path archive, String entry) {
    return archive + "!" + entry;
  }

  @Override
  public synchronized boolean hasNext() {
    if (names == null) {
      open();
    }
    while (next == null && !listed) {
      if (names.hasNext()) {
        take(names.next());
      } else if (refused.hasNext()) {
        refuse(refused.next());
      } else {
        listed = true;
        if (!any) {
          broken(path.toString(), path + " holds no photos");
        }
        closeWhenRead();
      }
    }
    return next != null;
  }

  private void open() {
    names = Collections.emptyIterator();
    try {
      source = ImageSource.open(path);
      names = source.names().iterator();
      refused = source.refused().iterator();
    } catch (InputException e) {
      any = true; // who knows
      broken(path.toString(), e.getMessage());
    }
  }

  private void take(String entry) {
    String name = name(path, entry);
    if (FileKind.of(entry) == FileKind.PHOTO) {
      any = true;
      if (wanted.test(name)) {
        unread++;
        next = new BulkPhoto(name, () -> read(entry));
      }
    }
  }

  private void refuse(String entry) {
    if (FileKind.of(entry) == FileKind.PHOTO) {
      any = true;
      String name = name(path, entry);
      broken(
          name,
          name
              + " is a link, has an unsafe name or one that was there before, or is above 50 MiB;"
              + " unpack it and give the file");
    }
  }

  private void broken(String name, String why) {
    if (wanted.test(name)) {
      next = BulkPhoto.broken(name, why);
    }
  }

  private RgbImage read(String entry) {
    try {
      return ImageReader.read(source.read(entry), name(path, entry));
    } finally {
      synchronized (this) {
        unread--;
        closeWhenRead();
      }
    }
  }

  /** One of its photos will never be read. */
  synchronized void passed() {
    unread--;
    closeWhenRead();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private void closeWhenRead() {
    if (listed && unread <= 0) {
      close();
    }
  }

  @Override
  public synchronized BulkPhoto next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    BulkPhoto photo = next;
    next = null;
    return photo;
  }

  /** Closes the archive, whatever was not read yet. */
  @Override
  public synchronized void close() {
    if (!closed && source != null) {
      source.close();
    }
    closed = true;
  }
}
