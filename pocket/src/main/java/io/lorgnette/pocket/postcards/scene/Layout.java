package io.lorgnette.pocket.postcards.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Places a cast on a stage so that everything stays recognisable: by boxes, no figure is covered by
 * nearer ones to more than {@link #MOST_COVERED}, and none is cut off by the frame. A test holds
 * the painted silhouettes to it.
 */
final class Layout {

  /** The largest part of a figure's box that nearer boxes may cover together. */
  static final double MOST_COVERED = 0.24;

  private static final int TRIES = 60;
  private static final double MARGIN = 3;

  /** A placed figure before sorting; {@code depth} orders painting, low is far. */
  private static final class Spot {
    final Figure figure;
    final Box box;
    final double depth;
    double covered;

    Spot(Figure figure, Box box, double depth) {
      this.figure = figure;
      this.box = box;
      this.depth = depth;
    }
  }

  private final Place place;
  private final Stage stage;
  private final List<Group> cast;
  private final Optional<Scene.Flag> flag;
  private final Dice dice;
  private final List<Spot> spots = new ArrayList<>();

  Layout(Place place, Stage stage, List<Group> cast, Optional<Scene.Flag> flag, Dice dice) {
    this.place = place;
    this.stage = stage;
    this.cast = cast;
    this.flag = flag;
    this.dice = dice;
  }

  /** The figures, those behind first, or empty if they do not fit. */
  Optional<List<Figure>> figures() {
    for (int index = 0; index < cast.size(); index++) {
      Group group = cast.get(index);
      if (group.pose() == Pose.RIDDEN || isOnLead(index)) {
        continue; // placed with the person
      }
      int facing = dice.chance(0.5) ? 1 : -1;
      for (int i = 0; i < group.count(); i++) {
        int way = dice.chance(0.75) ? facing : -facing;
        if (!placeOne(index, way)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(sorted());
  }

  private boolean isOnLead(int index) {
    return cast.stream().anyMatch(g -> g.partner() == index && g.pose() == Pose.WALKING_DOG);
  }

  private boolean placeOne(int index, int facing) {
    Group group = cast.get(index);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      double shrink = attempt < TRIES / 2 ? 1 : 0.84;
      double base = base(group.kind());
      double height = size(index, group, base) * shrink;
      double x = dice.between(0, stage.width());
      if (group.kind().zone() == Zone.SKY) {
        base = dice.between(height + MARGIN, Math.max(height + 6, stage.horizon() - 4));
      }
      List<Spot> added = spotsFor(index, x, base, height, facing);
      if (fits(added)) {
        commit(added);
        return true;
      }
    }
    return false;
  }

  /** The figure and what it rides or leads. */
  private List<Spot> spotsFor(int index, double x, double base, double height, int facing) {
    Group group = cast.get(index);
    List<Spot> added = new ArrayList<>();
    if (group.pose() == Pose.CYCLING) {
      added.add(spot(group.partner(), x, base, height * 0.56, facing));
    } else if (group.pose() == Pose.RIDING) {
      added.add(spot(group.partner(), x, base, height * 0.68, facing));
    }
    added.add(spot(index, x, base, height, facing));
    if (group.pose() == Pose.WALKING_DOG) {
      double dog = height * 0.52;
      added.add(spot(group.partner(), x + facing * height * 0.72, base + 1, dog, facing));
    }
    return added;
  }

  private Spot spot(int index, double x, double base, double height, int facing) {
    Group group = cast.get(index);
    Figure figure = new Figure(index, x, base, height, facing, dice.next(), -1);
    double depth = group.kind().zone() == Zone.SKY ? -1 : base;
    return new Spot(figure, Figure.box(group, x, base, height), depth);
  }

  private boolean fits(List<Spot> added) {
    for (Spot spot : added) {
      Box box = spot.box;
      if (box.left() < MARGIN
          || box.right() > stage.width() - MARGIN
          || box.top() < MARGIN
          || box.bottom() > stage.height() - 2) {
        return false;
      }
      if (flag.isPresent() && isBehind(flag.get(), box)) {
        return false;
      }
      double sum = 0;
      for (Spot other : spots) {
        if (other.depth > spot.depth) {
          sum += covered(box, other.box);
        } else if (other.covered + covered(other.box, box) > MOST_COVERED) {
          return false;
        }
      }
      if (sum > MOST_COVERED) {
        return false;
      }
    }
    return true;
  }

  /** True when the cloth would hide a part of the box, or the pole would split a small thing. */
  private boolean isBehind(Scene.Flag raised, Box box) {
    double pole = raised.cloth().left();
    boolean split =
        box.width() < 0.4 * stage.unit()
            && pole > box.left() + 0.08 * box.width()
            && pole < box.right() - 0.08 * box.width()
            && box.top() < raised.base();
    return split || covered(box, raised.cloth()) > 0.04;
  }

  private void commit(List<Spot> added) {
    for (Spot spot : added) {
      for (Spot other : spots) {
        if (other.depth > spot.depth) {
          spot.covered += covered(spot.box, other.box);
        } else {
          other.covered += covered(other.box, spot.box);
        }
      }
    }
    spots.addAll(added);
  }

  private static double covered(Box box, Box by) {
    return box.overlap(by) / box.area();
  }

  private double size(int index, Group group, double base) {
    Kind kind = group.kind();
    double scale = kind.zone() == Zone.SKY ? dice.between(0.8, 1.15) : stage.scale(base);
    if (index == 0) {
      scale *= group.count() == 1 ? dice.between(1.1, 1.45) : group.count() == 2 ? 1.1 : 0.95;
    }
    if (group.pose() == Pose.RIDING) {
      scale *= 1.28; // height is that of horse and rider
    }
    return kind.height() * stage.unit() * scale * dice.between(0.9, 1.12);
  }

  private double base(Kind kind) {
    double ground = stage.height() - stage.horizon();
    return switch (kind.zone()) {
      case BACK -> backBase(ground);
      case WATER -> waterBase();
      case ROAD -> place.hasRoad() ? roadBase() : landBase(ground);
      case LAND, SKY -> landBase(ground);
    };
  }

  private double waterBase() {
    double depth = stage.waterBottom() - stage.waterTop();
    return dice.between(stage.waterTop() + 0.3 * depth, stage.waterBottom() - 0.07 * depth);
  }

  private double roadBase() {
    double road = stage.roadBottom() - stage.roadTop();
    return dice.between(stage.roadTop() + 0.55 * road, stage.roadBottom() - 0.06 * road);
  }

  private double backBase(double ground) {
    return switch (place) {
      case BEACH -> stage.waterBottom() + ground * dice.between(0.03, 0.14);
      case LAKE -> dice.between(stage.horizon() + 3, stage.waterTop() - 1);
      case TOWN, ROAD -> stage.roadTop() - ground * dice.between(0.03, 0.10);
      default -> stage.horizon() + ground * dice.between(0.05, 0.28);
    };
  }

  private double landBase(double ground) {
    double top =
        switch (place) {
          case BEACH -> stage.waterBottom() + ground * 0.12;
          case LAKE -> stage.waterBottom() + ground * 0.10;
          case TOWN -> stage.roadBottom() - ground * 0.10;
          case ROAD -> stage.roadBottom() + ground * 0.05;
          default -> stage.horizon() + ground * 0.40;
        };
    return dice.between(top, stage.height() - 5);
  }

  private List<Figure> sorted() {
    List<Spot> order = new ArrayList<>(spots);
    order.sort(Comparator.comparingDouble(spot -> spot.depth));
    List<Figure> figures = new ArrayList<>();
    order.forEach(spot -> figures.add(spot.figure));
    for (int i = 0; i < figures.size(); i++) {
      Group group = cast.get(figures.get(i).group());
      if (group.partner() >= 0) {
        for (int j = 0; j < figures.size(); j++) {
          if (figures.get(j).group() == group.partner()) {
            figures.set(i, figures.get(i).linked(j));
          }
        }
      }
    }
    return figures;
  }
}
