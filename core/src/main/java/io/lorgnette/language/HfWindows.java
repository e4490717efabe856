package io.lorgnette.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How far back each layer sees, in the forms that {@code config.json} files say it. */
final class HfWindows {

  private static final int ALL = 0;

  private HfWindows() {}

  /** {@code attention_types} is a list of (kinds, how often these follow each other). */
  static List<Integer> gptNeo(HfFields f, int layers) {
    List<String> kinds = new ArrayList<>();
    for (JsonNode entry : f.json().path("attention_types")) {
      long times = Math.min(entry.path(1).asLong(0), layers + 1L);
      for (int i = 0; i < times; i++) {
        entry.path(0).forEach(kind -> kinds.add(kind.asText()));
      }
    }
    if (kinds.size() != layers) {
      throw f.wrong("attention_types", "'global' or 'local' for each of " + layers + " layers");
    }
    int window = f.integer("window_size");
    return kinds.stream()
        .map(
            kind ->
                switch (kind) {
                  case "global" -> ALL;
                  case "local" -> window;
                  default -> throw f.wrong("attention_types", "the kinds 'global' and 'local'");
                })
        .toList();
  }

  /** The same window in every layer, or none. */
  static List<Integer> everywhere(HfFields f, int layers) {
    return Collections.nCopies(layers, f.integer("sliding_window", ALL));
  }

  /** A window, where it is used, in the layers that are listed, or from some layer on. */
  static List<Integer> qwen(HfFields f, int layers) {
    int window = f.flag("use_sliding_window", false) ? f.integer("sliding_window", ALL) : ALL;
    List<Integer> windows = new ArrayList<>(Collections.nCopies(layers, ALL));
    JsonNode kinds = f.json().path("layer_types");
    if (window != ALL && kinds.isArray() && kinds.size() != layers) {
      throw f.wrong("layer_types", "a kind for each of " + layers + " layers");
    }
    for (int i = 0; window != ALL && i < layers; i++) {
      boolean slides =
          kinds.isArray()
              ? kinds.path(i).asText().equals("sliding_attention")
              : i >= f.integer("max_window_layers");
      windows.set(i, slides ? window : ALL);
    }
    return windows;
  }
}
