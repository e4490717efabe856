package io.lorgnette.mapper;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/** Adds linear maps and norms to a key map. */
final class NamedLayers {

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private NamedLayers() {}

  static void linear(KeyMap map, String own, String stored, long out, long in, boolean bias) {
    map.add(own + WEIGHT, stored + WEIGHT, out, in);
    if (bias) {
      map.add(own + BIAS, stored + BIAS, out);
    }
  }

  /** One linear map from several stored ones with the same input. */
  static void joined(
      KeyMap map, String own, List<String> stored, List<Long> out, long in, boolean bias) {
    map.join(own + WEIGHT, stored.stream().map(name -> name + WEIGHT).toList(), out, in);
    if (bias) {
      map.join(own + BIAS, stored.stream().map(name -> name + BIAS).toList(), out);
    }
  }

  static void norm(KeyMap map, String own, String stored, long width) {
    map.add(own + WEIGHT, stored + WEIGHT, width);
    map.add(own + BIAS, stored + BIAS, width);
  }
}
