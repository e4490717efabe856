package io.lorgnette.data;

import io.lorgnette.error.InputException;

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

  /** Whether there is an image of this name; it may still be broken. */
  boolean has(String name);

  /**
   * The bytes of an image file.
   *
   * @throws InputException when it is not there, can not be read, or is too long
   */
  byte[] read(String name);

  @Override
  void close();
}
