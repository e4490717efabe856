package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Images as files below a folder. Links are followed: whoever owns the folder set them. */
final class FolderImages implements ImageSource {
  private final Path folder;

  FolderImages(Path folder) {
    this.folder = folder;
  }

  @Override
  public boolean has(String name) {
    try {
      return SafeName.isSafe(name) && Files.isRegularFile(folder.resolve(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public byte[] read(String name) {
    if (!has(name)) {
      throw new InputException("Image " + name + " is not in " + this + ".");
    }
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      return Bytes.limited(in, MAX_IMAGE_BYTES, "Image " + name + " in " + this);
    } catch (IOException e) {
      throw Bytes.unreadable("Image " + name + " in " + this, e);
    }
  }

  @Override
  public Stream<String> names() {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw Bytes.unreadable(toString(), e);
    }
  }

  @Override
  public List<String> refused() {
    return List.of();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "folder " + folder;
  }
}
