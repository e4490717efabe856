package io.lorgnette.pocket.postcards.paint;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import io.lorgnette.pocket.postcards.scene.Box;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.awt.Color;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * National flags from the flag-icons set (MIT licence), drawn once each at 160 x 120 and then waved
 * in the wind, strip by strip.
 */
final class Flags {

  static final int WIDTH = 160;
  static final int HEIGHT = 120;

  private static final String ARTIFACT =
      "/META-INF/maven/org.webjars.npm/flag-icons/pom.properties";
  private static final Map<String, BufferedImage> DRAWN = new ConcurrentHashMap<>();

  private Flags() {}

  /** The flag of a country by its two lower-case letters; do not draw into it. */
  static BufferedImage image(String code) {
    return DRAWN.computeIfAbsent(code, Flags::draw);
  }

  /** The version of the flag-icons artifact, which is part of its paths. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream stream = Flags.class.getResourceAsStream(ARTIFACT)) {
      if (stream == null) {
        throw new IllegalStateException("the flag-icons artifact is not on the class path");
      }
      properties.load(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static BufferedImage draw(String code) {
    URL source =
        Flags.class.getResource(
            "/META-INF/resources/webjars/flag-icons/" + version() + "/flags/4x3/" + code + ".svg");
    SVGDocument document = source == null ? null : new SVGLoader().load(source);
    if (document == null) {
      throw new IllegalStateException("no flag " + code + " in the flag-icons artifact");
    }
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    document.render((Component) null, graphics, new ViewBox(0, 0, WIDTH, HEIGHT));
    graphics.dispose();
    return image;
  }

  /** A pole with the flag flying from it; {@code afloat} puts a rock under its foot. */
  static void paint(Graphics2D graphics, Scene.Flag flag, Light light, boolean afloat) {
    Dice dice = new Dice(flag.seed());
    Brush brush = new Brush(graphics, light, dice);
    Box cloth = flag.cloth();
    double pole = cloth.left() - 1.5;
    if (afloat) {
      brush.solid(Shapes.ellipse(pole, flag.base() + 1, 17, 6), brush.tone(0x6E6A64));
      brush.fill(Shapes.ellipse(pole, flag.base() + 6, 19, 1.4), new Color(255, 255, 255, 120));
    }
    Color wood = brush.tone(dice.pick(0xE6E4DE, 0xB89468, 0x8A8E94));
    brush.limb(pole, flag.base(), pole, cloth.top() - 4, 3.6, 2.6, wood);
    brush.fill(Shapes.circle(pole, cloth.top() - 5, 2.6), brush.tone(0xE0B840));
    BufferedImage image = image(flag.country().code());
    int strips = (int) Math.round(cloth.width());
    double phase = dice.between(0, 6.28);
    double waves = dice.between(1.1, 1.9);
    double swing = cloth.height() * dice.between(0.02, 0.05);
    for (int i = 0; i < strips; i++) {
      double along = i / (double) strips;
      double angle = phase + waves * 2 * Math.PI * along;
      double dy = swing * (Math.sin(angle) - Math.sin(phase)) * Math.min(1, along * 3);
      int x = (int) (cloth.left() + i);
      int top = (int) Math.round(cloth.top() + dy);
      int bottom = (int) Math.round(cloth.bottom() + dy);
      int from = (int) (along * WIDTH);
      int to = Math.max(from + 1, (int) ((i + 1.0) / strips * WIDTH));
      graphics.drawImage(image, x, top, x + 1, bottom, from, 0, to, HEIGHT, null);
      double slope = Math.cos(angle);
      graphics.setPaint(
          slope > 0
              ? new Color(255, 255, 255, (int) (34 * slope))
              : new Color(0, 0, 0, (int) (-52 * slope)));
      graphics.fillRect(x, top, 1, bottom - top);
    }
  }
}
