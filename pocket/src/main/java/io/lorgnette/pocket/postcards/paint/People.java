package io.lorgnette.pocket.postcards.paint;

import static io.lorgnette.pocket.postcards.paint.Shapes.circle;
import static io.lorgnette.pocket.postcards.paint.Shapes.ellipse;
import static io.lorgnette.pocket.postcards.paint.Shapes.poly;

import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Hue;
import io.lorgnette.pocket.postcards.scene.Kind;
import io.lorgnette.pocket.postcards.scene.Pose;
import java.awt.Color;
import java.awt.geom.Arc2D;

/** Men, women, boys and girls with what they hold. */
final class People {

  private static final int[] SKINS = {0xF3CFB0, 0xE4B48C, 0xC68A5C, 0x94603A, 0x6A4228};
  private static final int[] HAIR = {0x2A1C14, 0x18120E, 0x5C3A1E, 0xD2A650, 0x9A4A20, 0xA8A4A0};
  private static final int[] TROUSERS = {0x2C3A58, 0x44474E, 0x5A4A38, 0x7A7466};

  /** Where the joints of a grown-up or a child are, in units above the ground. */
  private record Build(double head, double neck, double shoulder, double hip, double half) {

    static final Build ADULT = new Build(8.4, 90.5, 79, 48, 12.5);
    static final Build CHILD = new Build(12, 87, 72, 42, 12);
  }

  private final Brush brush;
  private final Group group;
  private final Build build;
  private final boolean skirt;
  private final Color clothes;
  private final Color skin;
  private final Color hair;
  private final Color legs;

  private People(Brush brush, Group group) {
    this.brush = brush;
    this.group = group;
    boolean child = group.kind() == Kind.BOY || group.kind() == Kind.GIRL;
    this.build = child ? Build.CHILD : Build.ADULT;
    this.skirt = isFemale();
    this.clothes = brush.tone(group.hue());
    this.skin = brush.tone(SKINS[brush.dice().below(SKINS.length)]);
    this.hair = brush.tone(HAIR[brush.dice().below(child ? HAIR.length - 1 : HAIR.length)]);
    int trousers =
        group.hue() == Hue.BLACK ? 0xA08C6C : TROUSERS[brush.dice().below(TROUSERS.length)];
    this.legs = skirt ? skin : brush.tone(trousers);
  }

  static void paint(Brush brush, Group group) {
    People person = new People(brush, group);
    switch (group.pose()) {
      case CYCLING -> person.seated(-10, 52, 20, 56, 8, 38, 1, 13);
      case RIDING -> person.seated(-5, 50, 14, 60, 9, 39, 6, 24);
      default -> person.upright();
    }
  }

  private boolean isFemale() {
    return group.kind() == Kind.WOMAN || group.kind() == Kind.GIRL;
  }

  private void upright() {
    double hip = -build.hip;
    double shoulder = -build.shoulder;
    double stride =
        switch (group.pose()) {
          case RUNNING -> 17;
          case WALKING, WALKING_DOG -> 9;
          default -> 0;
        };
    Color sleeve = Brush.shade(clothes, -0.1);
    leg(-5, hip + 2, -5 - stride, stride > 12 ? -10 : -3, Brush.shade(legs, -0.2));
    leg(5, hip + 2, 5 + stride, -3, legs);
    arm(-build.half + 1, shoulder + 4, -build.half - 4 + stride * 0.8, hip + 4, sleeve);
    backHair(0, -build.neck);
    torso(0, hip, 0, shoulder);
    switch (group.pose()) {
      case WAVING -> arm(build.half - 1, shoulder + 4, build.half + 9, shoulder - 22, clothes);
      case UMBRELLA -> {
        arm(build.half - 1, shoulder + 4, 11, shoulder + 14, clothes);
        umbrella(12, shoulder + 16);
      }
      case BALLOON -> {
        balloon(build.half + 6, shoulder - 6);
        arm(build.half - 1, shoulder + 4, build.half + 6, shoulder - 6, clothes);
      }
      case FLYING_KITE -> arm(build.half - 1, shoulder + 4, build.half + 8, shoulder - 8, clothes);
      case WALKING_DOG -> arm(build.half - 1, shoulder + 4, build.half + 8, hip - 2, clothes);
      default -> arm(build.half - 1, shoulder + 4, build.half + 4 - stride * 0.8, hip + 3, clothes);
    }
    head(0, -build.neck, stride > 0 ? 2.5 : 0);
  }

  /** On a seat: hips, hands, knee and foot as x and units above the ground. */
  private void seated(
      double hipX,
      double hip,
      double handX,
      double hand,
      double kneeX,
      double knee,
      double footX,
      double foot) {
    double chestX = hipX + (group.pose() == Pose.CYCLING ? 12 : 3);
    Color cloth = skirt ? clothes : legs;
    brush.limb(hipX, -hip, kneeX, -knee, 11, 9, cloth);
    brush.limb(kneeX, -knee, footX, -foot, 8, 6, legs);
    brush.fill(ellipse(footX + 2, -foot + 2, 5, 2.6), new Color(50, 36, 30));
    backHair(chestX + 2, -build.neck);
    torso(hipX, -hip, chestX, -build.shoulder);
    brush.limb(chestX, -build.shoulder + 5, handX, -hand, 6.5, 4.5, Brush.shade(clothes, -0.12));
    brush.fill(circle(handX, -hand, 2.8), skin);
    head(chestX + 3, -build.neck, 2.5);
  }

  private void leg(double x, double hip, double foot, double ground, Color colour) {
    double knee = (x + foot) / 2 + (foot > x ? 3 : 1);
    boolean shorts = group.kind() == Kind.BOY;
    brush.limb(x, hip, knee, hip / 2, 10, 8, colour);
    brush.limb(knee, hip / 2, foot, ground - 1, 7.5, 5.5, shorts ? skin : colour);
    brush.fill(ellipse(foot + 2, ground + 0.6, 5.6, 2.8), new Color(52, 38, 34));
  }

  private void arm(double x, double y, double handX, double handY, Color sleeve) {
    double elbowX = x + (handX - x) * 0.5 + 1.5;
    double elbowY = y + (handY - y) * 0.5 + 2;
    brush.limb(x, y, elbowX, elbowY, 7.5, 6, sleeve);
    brush.limb(elbowX, elbowY, handX, handY, 5.5, 4.5, skirt ? skin : sleeve);
    brush.fill(circle(handX, handY, 3), skin);
  }

  private void torso(double hipX, double hip, double chestX, double shoulder) {
    double half = build.half;
    brush.limb(chestX, shoulder + 2, chestX, shoulder - 8, 6, 6, skin);
    brush.turned(
        poly(
            chestX - half,
            shoulder + 4,
            chestX - half * 0.6,
            shoulder,
            chestX + half * 0.6,
            shoulder,
            chestX + half,
            shoulder + 4,
            hipX + half * 0.74,
            hip + 4,
            hipX - half * 0.74,
            hip + 4),
        clothes);
    boolean standing = group.pose() != Pose.CYCLING && group.pose() != Pose.RIDING;
    if (skirt && standing) {
      double hem = hip * 0.46;
      brush.turned(
          poly(-half * 0.6, hip - 6, half * 0.6, hip - 6, half * 1.45, hem, -half * 1.45, hem),
          clothes);
      brush.line(-half * 0.62, hip - 5, half * 0.62, hip - 5, 2, Brush.shade(clothes, -0.35));
    } else if (!skirt && standing) {
      brush.line(-half * 0.72, hip + 4, half * 0.72, hip + 4, 3, new Color(50, 40, 34));
    }
  }

  /** Long hair, drawn before the torso so that it falls behind the shoulders. */
  private void backHair(double x, double y) {
    double r = build.head;
    if (isFemale()) {
      brush.fill(ellipse(x, y + r * 0.5, r * 1.22, r * 1.6), hair);
    }
    if (group.kind() == Kind.GIRL) {
      brush.fill(ellipse(x - r * 1.4, y + r * 0.4, r * 0.45, r * 0.8), hair);
      brush.fill(ellipse(x + r * 1.4, y + r * 0.4, r * 0.45, r * 0.8), hair);
    }
  }

  private void head(double x, double y, double look) {
    double r = build.head;
    brush.fill(ellipse(x, y, r * 0.92, r), skin);
    brush.fill(new Arc2D.Double(x - r, y - r * 1.1, 2 * r, 1.7 * r, 5, 170, Arc2D.CHORD), hair);
    if (group.kind() == Kind.BOY && brush.dice().chance(0.6)) {
      Color cap = brush.tone(group.hue() == Hue.BLUE ? 0x3A3A40 : 0x31508C);
      brush.fill(new Arc2D.Double(x - r, y - r * 1.2, 2 * r, 1.8 * r, 0, 180, Arc2D.CHORD), cap);
      brush.limb(x + r * 0.3, y - r * 0.32, x + r * 1.5, y - r * 0.26, 2.5, 2, cap);
    } else if (group.kind() == Kind.MAN && brush.dice().chance(0.3)) {
      Color hat = brush.tone(0x5A4632);
      brush.fill(Shapes.round(x - r * 0.8, y - r * 1.6, x + r * 0.8, y - r * 0.5, 3), hat);
      brush.limb(x - r * 1.4, y - r * 0.5, x + r * 1.4, y - r * 0.5, 2.4, 2.4, hat);
    }
    Color dark = new Color(30, 22, 20);
    brush.fill(circle(x - r * 0.32 + look, y + r * 0.05, r * 0.12), dark);
    brush.fill(circle(x + r * 0.32 + look, y + r * 0.05, r * 0.12), dark);
    brush.outline(
        new Arc2D.Double(x - r * 0.35 + look, y + r * 0.1, r * 0.7, r * 0.5, 200, 140, Arc2D.OPEN),
        r * 0.1,
        new Color(170, 70, 60));
  }

  private void umbrella(double x, double y) {
    Color cloth = brush.tone(group.prop().orElseThrow());
    double top = -118;
    brush.line(x, y, x, top, 1.8, new Color(70, 56, 48));
    double middle = 4;
    brush.solid(new Arc2D.Double(middle - 36, top, 72, 50, 0, 180, Arc2D.CHORD), cloth);
    for (int i = 0; i < 4; i++) {
      double left = middle - 36 + 18 * i;
      brush.fill(
          new Arc2D.Double(left, top + 21.5, 18, 7, 0, 180, Arc2D.CHORD),
          new Color(60, 60, 70, 90));
      brush.line(middle, top, left, top + 24, 0.8, Brush.shade(cloth, -0.3));
    }
    brush.line(middle, top, middle, top - 2, 1.6, new Color(70, 56, 48));
  }

  private void balloon(double x, double y) {
    Color skinOfBalloon = brush.tone(group.prop().orElseThrow());
    double top = -132;
    brush.line(x, y, x - 2, top + 17, 1, new Color(90, 90, 90));
    brush.fill(poly(x - 5, top + 20, x + 1, top + 20, x - 2, top + 14), skinOfBalloon);
    brush.turned(ellipse(x - 2, top, 15, 18), skinOfBalloon);
    brush.fill(ellipse(x - 7, top - 7, 3, 5), new Color(255, 255, 255, 150));
  }
}
