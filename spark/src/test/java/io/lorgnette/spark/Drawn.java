package io.lorgnette.spark;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Pictures that tests draw, and shards of them. */
public final class Drawn {

  /** What no reader takes for a picture. */
  public static final byte[] BROKEN = "no picture".getBytes(StandardCharsets.US_ASCII);

  private Drawn() {}

  /** A picture of some coloured discs, as PNG; equal seeds give equal bytes. */
  public static byte[] png(long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    pen.setColor(new Color(random.nextInt(1 << 24)));
    pen.fillRect(0, 0, 64, 48);
    for (int i = 0; i < 5; i++) {
      pen.setColor(new Color(random.nextInt(1 << 24)));
      pen.fillOval(random.nextInt(48), random.nextInt(36), 20, 14);
    }
    pen.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /** A shard with a caption and two questions for each picture, the last picture a broken one. */
  public static void shard(Path file, int first, int pictures) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int i = first; i < first + pictures; i++) {
        add(tar, "p" + i + ".png", i == first + pictures - 1 ? BROKEN : png(i));
        String json =
            "{\"image_id\": \"picture "
                + i
                + "\", \"captions\": [\"A picture of "
                + i
                + " discs.\", \"Number "
                + i
                + ".\"], \"questions\": [{\"question\": \"What is it?\"},"
                + " {\"question\": \"How many?\"}]}";
        add(tar, "p" + i + ".json", json.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Adds a member. */
  public static void add(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }
}
