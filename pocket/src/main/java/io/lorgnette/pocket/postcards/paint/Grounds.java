package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;
import static io.lorgnette.pocket.postcards.paint.Shapes.rect;

import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Place;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Sky;
import io.lorgnette.pocket.postcards.scene.Stage;
import java.awt.Color;

/** The ground of each place from the horizon to the lower edge. */
final class Grounds {

  private final Brush brush;
  private final Scene scene;
  private final Stage stage;
  private final Dice dice;
  private final Distance distance;

  private Grounds(Brush brush, Scene scene) {
    this.brush = brush;
    this.scene = scene;
    this.stage = scene.stage();
    this.dice = brush.dice();
    this.distance = new Distance(brush, stage);
  }

  static void paint(Brush brush, Scene scene) {
    new Grounds(brush, scene).paint();
  }

  private void paint() {
    switch (scene.place()) {
      case BEACH -> beach();
      case SEA -> sea();
      case LAKE -> lake();
      case MEADOW -> meadow();
      case TOWN -> town();
      case ROAD -> road();
      case MOUNTAINS -> mountains();
      case SNOW -> snow();
      case DESERT -> desert();
      case PARK -> park();
    }
  }

  private double depth(double share) {
    return stage.horizon() + share * (stage.height() - stage.horizon());
  }

  private void beach() {
    if (dice.chance(0.35)) {
      distance.headland();
    }
    Waters.paint(brush, scene, stage.waterTop(), stage.waterBottom() + 6);
    Color sand = brush.tone(dice.pick(0xE8D09A, 0xE2C48C, 0xEEDCB4));
    distance.band(stage.waterBottom(), 3, brush.tone(0xF6F8F6), brush.tone(0xF6F8F6));
    distance.band(stage.waterBottom() + 3, 3, Brush.shade(sand, -0.18), sand);
    distance.band(stage.waterBottom() + 9, 3, sand, Brush.shade(sand, -0.08));
    specks(stage.waterBottom() + 12, sand, 260);
  }

  private void sea() {
    if (dice.chance(0.4)) {
      distance.headland();
    }
    Waters.paint(brush, scene, stage.horizon(), stage.height());
  }

  private void lake() {
    if (dice.chance(0.55)) {
      distance.peaks(0.62, dice.chance(0.6));
    } else {
      distance.hills(0x6E9A78, 0.35, 2);
    }
    Color shore = brush.tone(0x5C8E4C);
    distance.band(stage.horizon(), 2, shore, Brush.shade(shore, -0.1));
    distance.bushes(stage.horizon() + 4, 0.035, brush.tone(0x2F5E3C));
    Waters.paint(brush, scene, stage.waterTop(), stage.waterBottom() + 6);
    Color grass = brush.tone(0x6BA045);
    distance.band(stage.waterBottom(), 5, brush.tone(0xB8A880), grass);
    distance.band(stage.waterBottom() + 5, 4, grass, Brush.shade(grass, -0.22));
    tufts(stage.waterBottom() + 10, grass, 150);
  }

  private void meadow() {
    distance.hills(0x7FA883, 0.34, dice.below(2) + 1);
    Color grass = brush.tone(dice.pick(0x6FAE3E, 0x7DB548, 0x5F9E3C));
    distance.band(stage.horizon(), 5, Brush.shade(grass, 0.18), Brush.shade(grass, -0.2));
    distance.bushes(stage.horizon() + 3, 0.03, brush.tone(0x4A7A44));
    tufts(depth(0.1), grass, 230);
  }

  private void park() {
    distance.bushes(stage.horizon() + 2, 0.07, brush.tone(0x3E7440));
    Color grass = brush.tone(0x66AA44);
    distance.band(stage.horizon(), 2, Brush.shade(grass, 0.12), Brush.shade(grass, -0.16));
    double lean = dice.between(-0.5, 0.5) * stage.width();
    double middle = stage.width() * dice.between(0.3, 0.7);
    double top = depth(0.04);
    double wide = stage.unit() * 0.2;
    brush.fade(
        poly(
            middle - 5,
            top,
            middle + 5,
            top,
            middle + lean + wide,
            stage.height(),
            middle + lean - wide,
            stage.height()),
        brush.tone(0xDCCBA4),
        brush.tone(0xCBB488));
    tufts(depth(0.1), grass, 130);
  }

  private void mountains() {
    distance.peaks(0.86, true);
    distance.hills(0x5E8A58, 0.16, 1);
    Color grass = brush.tone(0x6A9C48);
    distance.band(stage.horizon(), 6, Brush.shade(grass, 0.1), Brush.shade(grass, -0.2));
    tufts(depth(0.1), grass, 170);
    rocks(5, brush.tone(0x8A8884));
  }

  private void snow() {
    if (dice.chance(0.5)) {
      distance.peaks(0.5, true);
    } else {
      distance.hills(0xC4D2E0, 0.3, 2);
    }
    Color snow = brush.tone(0xF2F5F9);
    distance.band(stage.horizon(), 5, Brush.shade(snow, -0.08), snow);
    distance.bushes(stage.horizon() + 3, 0.025, brush.tone(0x6E8290));
    distance.band(depth(0.3), 6, snow, Brush.shade(snow, -0.07));
    distance.band(depth(0.65), 6, Brush.shade(snow, 0.5), Brush.shade(snow, -0.1));
    for (int i = 0; i < 14; i++) {
      double y = dice.between(depth(0.15), stage.height());
      brush.fill(
          ellipse(dice.between(0, stage.width()), y, dice.between(10, 34), dice.between(0.8, 2)),
          new Color(150, 176, 210, 60));
    }
  }

  private void desert() {
    distance.hills(0xD9AE70, 0.22, 2);
    Color sand = brush.tone(dice.pick(0xE2B566, 0xDDA95A, 0xE8C27A));
    distance.band(stage.horizon(), 6, Brush.shade(sand, 0.16), sand);
    distance.band(depth(0.28), 9, Brush.shade(sand, 0.08), Brush.shade(sand, -0.16));
    distance.band(depth(0.66), 10, Brush.shade(sand, 0.12), Brush.shade(sand, -0.14));
    specks(depth(0.1), sand, 240);
    rocks(3, brush.tone(0xA87C4C));
  }

  private void town() {
    distance.skyline();
    Color pavement = brush.tone(0xB4B0A8);
    brush.fade(
        rect(0, stage.horizon(), stage.width(), stage.roadTop()),
        Brush.shade(pavement, -0.12),
        pavement);
    asphalt();
    Color near = brush.tone(0xC2BCB0);
    brush.fade(
        rect(0, stage.roadBottom(), stage.width(), stage.height()), near, Brush.shade(near, -0.1));
    brush.fill(
        rect(0, stage.roadBottom(), stage.width(), stage.roadBottom() + 3), brush.tone(0xE0DCD2));
    Color joint = Brush.shade(near, -0.18);
    double vanishing = stage.width() / 2.0;
    for (double x = -stage.width(); x < 2 * stage.width(); x += 26) {
      double top = vanishing + (x - vanishing) * 0.8;
      brush.line(top, stage.roadBottom() + 3, x, stage.height(), 0.8, joint);
    }
    double middle = (stage.roadBottom() + stage.height()) / 2;
    brush.line(0, middle, stage.width(), middle, 0.8, joint);
  }

  private void road() {
    distance.hills(0x86AA7C, 0.3, 2);
    Color grass = brush.tone(dice.pick(0x7CAE48, 0x93B050, 0x6FA042));
    distance.band(stage.horizon(), 4, Brush.shade(grass, 0.16), grass);
    for (int i = 0; i < 3; i++) {
      double y = stage.horizon() + (stage.roadTop() - stage.horizon()) * (0.2 + 0.24 * i);
      brush.fill(rect(0, y, stage.width(), y + 3), new Color(200, 190, 90, 60));
    }
    asphalt();
    brush.fade(
        rect(0, stage.roadBottom(), stage.width(), stage.height()),
        grass,
        Brush.shade(grass, -0.2));
    tufts(stage.roadBottom() + 6, grass, 130);
  }

  private void asphalt() {
    Color tar = brush.tone(0x62646A);
    double top = stage.roadTop();
    double bottom = stage.roadBottom();
    brush.fade(rect(0, top, stage.width(), bottom), Brush.shade(tar, 0.1), Brush.shade(tar, -0.12));
    Color paint = brush.tone(0xF0EEE2);
    brush.fill(rect(0, top + 1, stage.width(), top + 2.4), paint);
    brush.fill(rect(0, bottom - 3, stage.width(), bottom - 1), paint);
    double middle = top + (bottom - top) * 0.46;
    double start = dice.between(-30, 0);
    for (double x = start; x < stage.width(); x += 34) {
      brush.fill(poly(x, middle, x + 18, middle, x + 17, middle + 2.6, x - 1, middle + 2.6), paint);
    }
  }

  private void tufts(double top, Color grass, int count) {
    Color light = Brush.shade(grass, 0.16);
    Color dark = Brush.shade(grass, -0.22);
    boolean flowers = scene.place() != Place.ROAD && scene.sky() != Sky.NIGHT && dice.chance(0.3);
    for (int i = 0; i < count; i++) {
      double far = Math.pow(dice.unit(), 0.8);
      double y = top + (stage.height() - top) * far;
      double x = dice.between(0, stage.width());
      double size = 2 + 5 * far;
      Color colour = dice.chance(0.5) ? light : dark;
      brush.line(x, y, x + dice.between(-2, 2), y - size, 1, colour);
      brush.line(x + 1.5, y, x + dice.between(0, 4), y - size * 0.8, 1, colour);
      if (flowers && i % 9 == 0) {
        brush.fill(Shapes.circle(x, y - size, 0.9), new Color(250, 246, 220));
      }
    }
  }

  private void specks(double top, Color sand, int count) {
    for (int i = 0; i < count; i++) {
      double y = dice.between(top, stage.height());
      double x = dice.between(0, stage.width());
      Color colour = Brush.alpha(Brush.shade(sand, dice.chance(0.5) ? -0.24 : 0.3), 150);
      brush.fill(rect(x, y, x + dice.between(1, 2.2), y + 1), colour);
    }
  }

  private void rocks(int count, Color stone) {
    for (int i = 0; i < count; i++) {
      double x = dice.between(0, stage.width());
      double y = dice.between(depth(0.15), depth(0.95));
      double r = 3 + 7 * stage.scale(y) * dice.unit();
      brush.solid(
          poly(
              x - r,
              y,
              x - r * 0.7,
              y - r * 0.6,
              x,
              y - r * 0.85,
              x + r * 0.8,
              y - r * 0.5,
              x + r,
              y),
          Brush.shade(stone, dice.between(-0.15, 0.1)));
    }
  }
}
