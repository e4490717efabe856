package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Holds encoded images by name: a folder, a tar file, a zip file, several of these, or nothing.
 *
 * <p>Names are relative, with {@code /} between folders. A name that could leave the source ({@code
 * ..}, an absolute path, a backslash) is in no source, whatever an annotation file or an archive
 * says. Nothing is ever unpacked to disk. Sources are safe for use by several threads.
 */
public sealed interface ImageSource extends AutoCloseable
    permits FolderImages, TarImages, ZipImages, ManyImages, NoImages {

  /** The longest image file that is read: 50 MiB. */
  int MAX_IMAGE_BYTES = 50 << 20;

  /**
   * Opens a folder, a .tar or a .zip file.
   *
   * @throws InputException if it is none of these, or broken
   */
  static ImageSource open(Path path) {
    if (Files.isDirectory(path)) {
      return new FolderImages(path);
    }
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (Files.isRegularFile(path) && name.endsWith(".tar")) {
      return new TarImages(TarShard.open(path), true);
    }
    if (Files.isRegularFile(path) && name.endsWith(".zip")) {
      return new ZipImages(path);
    }
    throw new InputException(
        "images are read from folders, .tar and .zip files, but "
            + path
            + " is none of these or not there; name another");
  }

  /**
   * Opens several, as {@link #open(Path)} does; where two have the same name, the first one's image
   * counts.
   */
  static ImageSource open(List<Path> paths) {
    List<ImageSource> sources = new ArrayList<>();
    try {
      paths.forEach(path -> sources.add(open(path)));
    } catch (InputException e) {
      sources.forEach(ImageSource::close);
      throw e;
    }
    return sources.size() == 1 ? sources.get(0) : new ManyImages(sources);
  }

  /** Whether there is an image of this name; it may still be broken. */
  boolean has(String name);

  /**
   * The bytes of an image file.
   *
   * @throws InputException when it is not there, can not be read, or is too long
   */
  byte[] read(String name);

  /**
   * Names of all files that can be read, images or not: of an archive in its own order, of a folder
   * in alphabetical order, of none where images are asked for by name only. To be closed.
   */
  Stream<String> names();

  /**
   * Names of members that are not read, whatever they hold: links, names that could leave the
   * source, names that were there before, files above {@link #MAX_IMAGE_BYTES}.
   */
  List<String> refused();

  @Override
  void close();
}
