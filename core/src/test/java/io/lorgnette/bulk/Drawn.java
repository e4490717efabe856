package io.lorgnette.bulk;

import io.lorgnette.image.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small pictures of one colour, in files and archives. */
final class Drawn {

  private Drawn() {}

  static byte[] png(int width, int rgb) {
    BufferedImage image = new BufferedImage(width, 20, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(rgb));
    g.fillRect(0, 0, width, 20);
    g.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  static RgbImage image(int width) {
    return new RgbImage(width, 1, new byte[3 * width]);
  }

  static Path file(Path file, int width) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, png(width, 0x336699));
  }

  /** Names with the widths of their pictures; texts where the width is 0. */
  static Map<String, Integer> entries(Object... namesAndWidths) {
    Map<String, Integer> entries = new LinkedHashMap<>();
    for (int i = 0; i < namesAndWidths.length; i += 2) {
      entries.put((String) namesAndWidths[i], (Integer) namesAndWidths[i + 1]);
    }
    return entries;
  }

  static Path tar(Path file, Map<String, Integer> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Map.Entry<String, Integer> entry : entries.entrySet()) {
        byte[] bytes = bytes(entry.getValue());
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
        header.setSize(bytes.length);
        tar.putArchiveEntry(header);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  static Path zip(Path file, Map<String, Integer> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, Integer> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(bytes(entry.getValue()));
      }
    }
    return file;
  }

  private static byte[] bytes(int width) {
    return width == 0 ? "no picture".getBytes(StandardCharsets.UTF_8) : png(width, 0x884422);
  }
}
