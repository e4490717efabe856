package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;

import io.lorgnette.pocket.postcards.scene.Box;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Figure;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Pose;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import io.lorgnette.pocket.postcards.scene.Stage;
import io.lorgnette.pocket.postcards.scene.Zone;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.QuadCurve2D;
import java.awt.image.BufferedImage;

/**
 * Paints a scene: sky, ground, figures from the back to the front, flag, weather, then what the
 * camera adds. The same scene gives the same pixels. Stateless and thread-safe.
 */
public final class ScenePainter {

  private ScenePainter() {}

  /** The picture, of type INT_RGB. */
  public static BufferedImage paint(Scene scene) {
    Stage stage = scene.stage();
    BufferedImage image =
        new BufferedImage(stage.width(), stage.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = smooth(image);
    backdrop(graphics, scene);
    for (Figure figure : scene.figures()) {
      figure(graphics, scene, figure);
    }
    Light light = Light.of(scene.sky());
    boolean afloat = scene.place() == Place.SEA;
    scene.flag().ifPresent(flag -> Flags.paint(graphics, flag, light, afloat));
    Skies.precipitation(graphics, scene, dice(scene, "weather"));
    graphics.dispose();
    Finish.apply(image, dice(scene, "finish"));
    return image;
  }

  static Graphics2D smooth(BufferedImage image) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    return graphics;
  }

  private static Dice dice(Scene scene, String part) {
    return new Dice(Dice.seed(scene.seed(), part, 0));
  }

  static void backdrop(Graphics2D graphics, Scene scene) {
    Light light = Light.of(scene.sky());
    Skies.paint(graphics, scene, dice(scene, "sky"));
    Brush brush = new Brush(graphics, light, dice(scene, "ground"));
    Grounds.paint(brush, scene);
    if (!scene.sky().isDay()) {
      Stage stage = scene.stage();
      boolean sunset = scene.sky() == Sky.SUNSET;
      brush.fill(
          rect(0, stage.horizon(), stage.width(), stage.height()),
          sunset ? new Color(90, 40, 60, 60) : new Color(6, 10, 40, 120));
    }
  }

  /** One figure with its shadow and its string; nothing else. */
  static void figure(Graphics2D graphics, Scene scene, Figure figure) {
    Group group = scene.group(figure);
    Brush brush = new Brush(graphics, Light.of(scene.sky()), new Dice(figure.seed()));
    Box box = scene.box(figure);
    setting(brush, scene, group.kind(), figure, box);
    thing(graphics, scene, figure);
    if (figure.link() >= 0) {
      string(brush, scene, figure, scene.figures().get(figure.link()));
    }
  }

  /** The thing alone, without what it stands on. */
  static void thing(Graphics2D graphics, Scene scene, Figure figure) {
    Brush brush = new Brush(graphics, Light.of(scene.sky()), new Dice(figure.seed()));
    AffineTransform before = graphics.getTransform();
    graphics.translate(figure.x(), figure.base());
    double scale = figure.height() / 100;
    graphics.scale(figure.facing() * scale, scale);
    Figures.paint(brush, scene.group(figure));
    graphics.setTransform(before);
  }

  /** What a thing stands on: its shadow, rails, a rock in the sea. */
  private static void setting(Brush brush, Scene scene, Kind kind, Figure figure, Box box) {
    double half = box.width() * 0.42;
    if (kind == Kind.TRAIN) {
      double y = figure.base();
      brush.fill(rect(0, y - 2, scene.stage().width(), y + 4), new Color(120, 104, 88));
      brush.line(0, y, scene.stage().width(), y, 1.4, new Color(70, 64, 60));
      brush.line(0, y + 3, scene.stage().width(), y + 3, 1.4, new Color(70, 64, 60));
    } else if (kind == Kind.LIGHTHOUSE && scene.place() == Place.SEA) {
      Color rock = brush.tone(0x6E6A64);
      brush.solid(ellipse(figure.x(), figure.base() + 1, half * 2.4, half * 0.8), rock);
      brush.fill(
          ellipse(figure.x(), figure.base() + half * 0.75, half * 2.6, 1.4),
          new Color(255, 255, 255, 120));
    } else if (kind.zone() == Zone.WATER) {
      brush.fill(ellipse(figure.x(), figure.base() + 2, half, 2.5), new Color(10, 30, 60, 70));
    } else if (kind.zone() != Zone.SKY) {
      brush.fill(
          ellipse(figure.x() + 2, figure.base(), half, Math.max(1.5, half * 0.09)),
          new Color(0, 0, 0, 60));
    }
  }

  private static void string(Brush brush, Scene scene, Figure from, Figure to) {
    Pose pose = scene.group(from).pose();
    boolean child = scene.group(from).kind() == Kind.BOY || scene.group(from).kind() == Kind.GIRL;
    if (pose == Pose.FLYING_KITE) {
      double handX = from.x() + from.facing() * from.height() * 0.20;
      double handY = from.base() - from.height() * 0.80;
      double kiteY = to.base() - to.height() * 0.66;
      brush.outline(
          new QuadCurve2D.Double(
              handX, handY, (handX + to.x()) / 2, Math.max(handY, kiteY) - 4, to.x(), kiteY),
          0.9,
          new Color(245, 245, 240, 220));
    } else if (pose == Pose.WALKING_DOG) {
      double handX = from.x() + from.facing() * from.height() * 0.205;
      double handY = from.base() - from.height() * (child ? 0.44 : 0.50);
      double neckX = to.x() + to.facing() * to.height() * 0.36;
      double neckY = to.base() - to.height() * 0.66;
      brush.outline(
          new QuadCurve2D.Double(
              handX, handY, (handX + neckX) / 2, Math.max(handY, neckY) + 3, neckX, neckY),
          1.1,
          new Color(60, 40, 30));
    }
  }
}
