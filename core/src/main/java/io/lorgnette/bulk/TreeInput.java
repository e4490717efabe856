package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/**
 * A folder, or what a pattern means below one.
 *
 * @param glob or null for all photos below
 */
record TreeInput(String text, Path base, Glob glob) {

  /**
   * Whether a file is meant. A folder's archives are not: they may be backups of its photos.
   *
   * @param everything whether a folder above it was meant
   */
  boolean takes(Path file, boolean everything) {
    FileKind kind = FileKind.of(file);
    if (everything) {
      return kind == FileKind.PHOTO;
    }
    return (kind == FileKind.PHOTO || kind == FileKind.ARCHIVE) && glob.matches(file);
  }

  /** Whether all photos below a folder are meant, since it is named itself. */
  boolean isMeant(Path folder) {
    return glob == null || glob.matches(folder);
  }

  /** Whether something below a folder may be meant that is not named itself. */
  boolean mayHold(Path folder) {
    return glob == null || base.relativize(folder).getNameCount() < glob.depth();
  }

  /** Whether a path lies below the input's folder. */
  boolean isAbove(Path path) {
    return base.toString().isEmpty() || path.startsWith(base);
  }

  /** Whether a file anywhere below is meant, by itself or by a folder that it is in. */
  boolean means(Path file) {
    if (!isAbove(file)) {
      return false;
    }
    boolean everything = glob == null;
    for (Path above = file.getParent();
        !everything && above != null && !above.equals(base);
        above = above.getParent()) {
      everything = glob.matches(above);
    }
    return takes(file, everything);
  }

  static InputException unreadable(Path folder, IOException e) {
    String reason = e instanceof AccessDeniedException ? "access is denied" : e.toString();
    return new InputException(folder + " can not be listed: " + reason, e);
  }
}
