package io.lorgnette.bulk;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** What a file is by its name. */
enum FileKind {
  PHOTO,
  ARCHIVE,
  /** An archive that can not be read at any place. */
  PACKED,
  OTHER;

  /** Endings of photos; the reader says of the last four what to do with them. */
  private static final Set<String> PHOTOS =
      Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp", "heic", "avif", "tif", "tiff");

  private static final Set<String> ARCHIVES = Set.of("tar", "zip");
  private static final Set<String> PACKS = Set.of("tgz", "gz", "bz2", "xz", "zst", "7z", "rar");

  static FileKind of(Path file) {
    return of(file.getFileName().toString());
  }

  /**
   * The kind of a file or of an archive's entry. Hidden files and what macOS puts beside photos in
   * a zip are no photos, whatever they are called.
   */
  static FileKind of(String name) {
    String base = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String ending = base.substring(base.lastIndexOf('.') + 1);
    if (base.startsWith(".") || name.startsWith("__MACOSX/")) {
      return OTHER;
    }
    if (PHOTOS.contains(ending)) {
      return PHOTO;
    }
    return ARCHIVES.contains(ending) ? ARCHIVE : PACKS.contains(ending) ? PACKED : OTHER;
  }
}
