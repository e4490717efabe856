package io.lorgnette.pocket.postcards.paint;

import io.lorgnette.pocket.postcards.scene.Group;

/** Which painter draws which kind. */
final class Figures {

  private Figures() {}

  static void paint(Brush brush, Group group) {
    switch (group.kind()) {
      case HOUSE -> Houses.house(brush, group);
      case BARN -> Houses.barn(brush, group);
      case TENT -> Houses.tent(brush, group);
      case CHURCH -> Towers.church(brush, group);
      case CASTLE -> Towers.castle(brush, group);
      case LIGHTHOUSE -> Towers.lighthouse(brush, group);
      case WINDMILL -> Towers.windmill(brush, group);
      case TREE -> Trees.tree(brush, group);
      case PINE -> Trees.pine(brush, group);
      case PALM -> Trees.palm(brush, group);
      case CACTUS -> Trees.cactus(brush, group);
      case FLOWERS -> Trees.flowers(brush, group);
      case SAILBOAT -> Boats.sailboat(brush, group);
      case ROWBOAT -> Boats.rowboat(brush, group);
      case FISHING_BOAT -> Boats.fishing(brush, group);
      case SHIP -> Boats.ship(brush, group);
      case DOG -> Dogs.paint(brush, group);
      case CAT -> Cats.paint(brush, group);
      case COW -> Cattle.cow(brush, group);
      case SHEEP -> Cattle.sheep(brush, group);
      case HORSE -> Horses.horse(brush, group);
      case CAMEL -> Horses.camel(brush, group);
      case DUCK -> Fowl.duck(brush, group);
      case BIRD -> Fowl.bird(brush, group);
      case MAN, WOMAN, BOY, GIRL -> People.paint(brush, group);
      case CAR -> Vehicles.car(brush, group);
      case BUS -> Vehicles.bus(brush, group);
      case TRUCK -> Vehicles.truck(brush, group);
      case BICYCLE -> Machines.bicycle(brush, group);
      case TRACTOR -> Machines.tractor(brush, group);
      case TRAIN -> Machines.train(brush, group);
      case AIR_BALLOON -> Airborne.balloon(brush, group);
      case KITE -> Airborne.kite(brush, group);
      case PLANE -> Airborne.plane(brush, group);
      case BENCH -> Things.bench(brush, group);
      case PARASOL -> Things.parasol(brush, group);
      case SNOWMAN -> Things.snowman(brush, group);
    }
  }
}
