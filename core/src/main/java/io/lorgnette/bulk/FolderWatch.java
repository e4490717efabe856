package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The photos that are there, and then those that appear in the folders, without an end. A new file
 * is taken when its size and time have stayed the same for a while: whoever copies it is done then.
 * While there is none, {@link #next} returns null now and then. Belongs to one thread.
 */
public final class FolderWatch implements Iterator<BulkPhoto>, AutoCloseable {

  /** A file that has not changed for so long is complete: two seconds. */
  public static final long QUIET_MILLIS = 2000;

  /**
   * A new file.
   *
   * @param since when it was first seen like this, in nanoseconds
   */
  private record Growing(long size, long time, long since) {}

  private final PhotoInputs inputs;
  private final PhotoListing listing;
  private final long quietNanos;
  private final WatchService service;
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private final Map<Path, Growing> growing = new LinkedHashMap<>();

  /**
   * Begins to watch, then to list, so that nothing is lost between the two.
   *
   * @param wanted asked once for the name of each photo; a photo may be found twice
   * @param quietMillis for how long a new file must not have changed
   * @throws InputException if the folders can not be watched
   */
  public FolderWatch(PhotoInputs inputs, Predicate<String> wanted, long quietMillis) {
    this.inputs = inputs;
    this.quietNanos = TimeUnit.MILLISECONDS.toNanos(quietMillis);
    try {
      service = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      inputs.trees().forEach(tree -> register(tree.base()));
    } catch (InputException e) {
      close(service);
      throw e;
    }
    listing = inputs.list(wanted);
  }

  /** Watches a folder and those below it. */
  private void register(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
              String name = folder.getFileName().toString();
              if (name.startsWith(".") && name.length() > 2 && !folder.equals(root)) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              WatchKey key =
                  folder.register(
                      service,
                      StandardWatchEventKinds.ENTRY_CREATE,
                      StandardWatchEventKinds.ENTRY_MODIFY);
              folders.put(key, folder);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // listing it tells
            }
          });
    } catch (IOException e) {
      throw new InputException(
          root
              + " can not be watched ("
              + e.getMessage()
              + "); leave --watch out, or raise the system's limit of watched folders",
          e);
    }
  }

  /** There is always more to come. */
  @Override
  public boolean hasNext() {
    return true;
  }

  /** The next photo, or null when there is none for now. */
  @Override
  public BulkPhoto next() {
    if (listing.hasNext()) {
      return listing.next();
    }
    try {
      WatchKey key = service.poll(quietNanos / 4 + 1, TimeUnit.NANOSECONDS);
      for (; key != null; key = service.poll()) {
        hear(key);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ClosedWatchServiceException e) {
      return null;
    }
    ripen(System.nanoTime());
    return listing.hasNext() ? listing.next() : null;
  }

  private void hear(WatchKey key) {
    Path folder = folders.get(key);
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
        inputs.trees().forEach(tree -> appeared(tree.base()));
      } else {
        appeared(folder.resolve((Path) event.context()));
      }
    }
    if (!key.reset()) {
      folders.remove(key); // the folder is gone
    }
  }

  private void appeared(Path path) {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      // Watched first, then read: what came before the watch is found by reading.
      register(path);
      for (TreeInput tree : inputs.trees()) {
        if (tree.isAbove(path)) {
          new TreeWalk(tree, path, (folder, why) -> {}).forEachRemaining(this::grows);
        }
      }
    } else if (inputs.trees().stream().anyMatch(tree -> tree.means(path))) {
      grows(path);
    }
  }

  private void grows(Path file) {
    growing.putIfAbsent(file, new Growing(-1, 0, 0));
  }

  /** Takes what has not changed for a while. */
  private void ripen(long now) {
    for (Iterator<Map.Entry<Path, Growing>> all = growing.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Path, Growing> entry = all.next();
      try {
        BasicFileAttributes is = Files.readAttributes(entry.getKey(), BasicFileAttributes.class);
        Growing was = entry.getValue();
        long time = is.lastModifiedTime().toMillis();
        if (was.size() != is.size() || was.time() != time) {
          entry.setValue(new Growing(is.size(), time, now));
        } else if (now - was.since() >= quietNanos) {
          all.remove();
          listing.add(entry.getKey());
        }
      } catch (IOException e) {
        all.remove(); // it is gone again
      }
    }
  }

  @Override
  public void close() {
    listing.close();
    close(service);
  }

  private static void close(WatchService service) {
    try {
      service.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
