package io.lorgnette.data;

import io.lorgnette.recipe.RecipeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Hand-made data sets below a temporary folder. Photos are any bytes: nothing decodes them here.
 */
final class NativeFiles {
  final Path root;

  NativeFiles(Path root) {
    this.root = root;
  }

  /** Writes a text file; no newline is added. */
  NativeFiles text(String name, String text) {
    return bytes(name, text.getBytes(StandardCharsets.UTF_8));
  }

  NativeFiles bytes(String name, byte[] bytes) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes one small file for each name into a folder. */
  NativeFiles photos(String folder, String... names) {
    for (String name : names) {
      text(folder + "/" + name, photo(name));
    }
    return this;
  }

  static String photo(String name) {
    return "photo " + name;
  }

  /** Writes a tar file of name, content, name, content … */
  NativeFiles tar(String name, String... members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (int i = 0; i < members.length; i += 2) {
        byte[] content = members[i + 1].getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(members[i], true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes(name, bytes.toByteArray());
  }

  /** Writes a zip file of name, content, name, content … */
  NativeFiles zip(String name, String... members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry(members[i]));
        zip.write(members[i + 1].getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes(name, bytes.toByteArray());
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  byte[] read(String name) {
    try {
      return Files.readAllBytes(root.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Dataset open(String yaml, Problems problems) {
    DatasetSpec spec = RecipeReader.readText(yaml, "r", List.of(), DatasetSpec::read).value();
    return Datasets.open(
        spec, new DataRoots(Optional.of(root), Optional.empty()).withPostcards(root), problems);
  }
}
