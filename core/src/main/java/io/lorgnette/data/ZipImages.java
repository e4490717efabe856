package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Images in a zip file, inflated one at a time. */
final class ZipImages implements ImageSource {
  private final Path path;
  private final ZipFile zip;

  ZipImages(Path path) {
    this.path = path;
    try {
      this.zip = new ZipFile(path.toFile());
    } catch (IOException e) {
      throw new InputException(
          "Images " + path + ": not a complete zip file (" + e.getMessage() + "); fetch it again.",
          e);
    }
  }

  @Override
  public boolean has(String name) {
    ZipEntry entry = SafeName.isSafe(name) ? zip.getEntry(name) : null;
    return entry != null && !entry.isDirectory();
  }

  @Override
  public byte[] read(String name) {
    if (!has(name)) {
      throw new InputException("Image " + name + " is not in " + this + ".");
    }
    // The declared length is not trusted: inflating stops at the limit.
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      return Bytes.limited(in, MAX_IMAGE_BYTES, "Image " + name + " in " + this);
    } catch (IOException e) {
      throw Bytes.unreadable("Image " + name + " in " + this, e);
    }
  }

  @Override
  public Stream<String> names() {
    return files().filter(SafeName::isSafe);
  }

  @Override
  public List<String> refused() {
    return files().filter(name -> !SafeName.isSafe(name)).toList();
  }

  private Stream<String> files() {
    return zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw Bytes.unreadable(toString(), e);
    }
  }

  @Override
  public String toString() {
    return "zip file " + path;
  }
}
