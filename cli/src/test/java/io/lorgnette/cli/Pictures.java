package io.lorgnette.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small pictures of coloured discs. */
final class Pictures {

  private Pictures() {}

  /** Draws a picture of 80 x 60; equal seeds give equal ones. */
  static Path draw(Path file, long seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    for (int i = 0; i < 20; i++) {
      g.setColor(new Color(random.nextInt(0x1000000)));
      int size = 10 + random.nextInt(30);
      g.fillOval(random.nextInt(80) - size / 2, random.nextInt(60) - size / 2, size, size);
    }
    g.dispose();
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}
