package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One repository's folder in the cache, laid out as Hugging Face's programs do: {@code blobs/HASH},
 * {@code refs/REVISION} with a commit in it, {@code snapshots/COMMIT/NAME} as links to blobs.
 */
final class HubCache {

  private final Path folder;

  HubCache(Path cache, HubName name) {
    folder = cache.resolve(name.folder());
  }

  Path folder() {
    return folder;
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  Path blob(String hash) {
    return folder.resolve("blobs").resolve(hash);
  }

  Path incomplete(String hash) {
    return folder.resolve("blobs").resolve(hash + ".incomplete");
  }

  /** The snapshot of a revision, if it is there. */
  Optional<Path> find(String revision) {
    return commit(revision).map(this::snapshot).filter(Files::isDirectory);
  }

  private Optional<String> commit(String revision) {
    if (HubName.isCommit(revision)) {
      return Optional.of(revision);
    }
    Path ref = folder.resolve("refs").resolve(revision);
    if (!Files.isRegularFile(ref)) {
      return Optional.empty();
    }
    try {
      String commit = Files.readString(ref, StandardCharsets.UTF_8).strip();
      return HubName.isCommit(commit) ? Optional.of(commit) : Optional.empty();
    } catch (IOException e) {
      throw new InputException(ref + ": can not be read (" + e.getMessage() + ")", e);
    }
  }

  /** Revisions and commits that are there, for messages. */
  List<String> known() {
    List<String> known = new ArrayList<>();
    Path refs = folder.resolve("refs");
    try {
      if (Files.isDirectory(refs)) {
        try (Stream<Path> files = Files.walk(refs)) {
          files
              .filter(Files::isRegularFile)
              .map(f -> refs.relativize(f).toString().replace('\\', '/'))
              .sorted()
              .forEach(known::add);
        }
      }
      Path snapshots = folder.resolve("snapshots");
      if (Files.isDirectory(snapshots)) {
        try (Stream<Path> commits = Files.list(snapshots)) {
          commits.map(c -> c.getFileName().toString()).sorted().forEach(known::add);
        }
      }
    } catch (IOException e) {
      throw new InputException(folder + ": can not be read (" + e.getMessage() + ")", e);
    }
    return known;
  }

  void create() {
    try {
      Files.createDirectories(folder.resolve("blobs"));
      Files.createDirectories(folder.resolve("snapshots"));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /** Whether a snapshot holds a whole file of this length. */
  boolean has(String commit, HubFile file) {
    Path path = snapshot(commit).resolve(file.name());
    try {
      return Files.isRegularFile(path) && Files.size(path) == file.bytes();
    } catch (IOException e) {
      return false;
    }
  }

  /** Puts a whole blob into a snapshot: as a link, or as a copy where links are not possible. */
  void link(String commit, HubFile file) {
    Path path = snapshot(commit).resolve(file.name());
    Path blob = blob(file.hash());
    try {
      Files.createDirectories(path.getParent());
      Files.deleteIfExists(path);
      try {
        Files.createSymbolicLink(path, path.getParent().relativize(blob));
      } catch (UnsupportedOperationException | IOException e) {
        copy(blob, path);
      }
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** A copy that appears only when it is whole. */
  static void copy(Path blob, Path path) throws IOException {
    Path part = path.resolveSibling(path.getFileName() + ".incomplete");
    Files.copy(blob, part, StandardCopyOption.REPLACE_EXISTING);
    Files.move(part, path, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Notes which commit a branch or tag stands for. */
  void writeRef(String revision, String commit) {
    if (HubName.isCommit(revision)) {
      return;
    }
    Path ref = folder.resolve("refs").resolve(revision);
    try {
      Files.createDirectories(ref.getParent());
      Path part = Files.createTempFile(ref.getParent(), "ref", ".incomplete");
      Files.writeString(part, commit, StandardCharsets.UTF_8);
      Files.move(part, ref, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(ref, e);
    }
  }

  static UncheckedIOException unwritable(Path path, IOException cause) {
    String why = cause.getMessage() == null ? "" : cause.getMessage();
    return new UncheckedIOException(
        path
            + ": can not be written ("
            + cause.getClass().getSimpleName()
            + " "
            + why
            + "); check the disk, or name another folder by HF_HUB_CACHE",
        cause);
  }
}
