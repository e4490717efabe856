package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the named tensors in what a PyTorch checkpoint holds.
 *
 * <p>Where the outermost dictionary has no tensor of its own, but one of the usual entries for a
 * model's state has some, that entry is meant, and the others (an optimizer, a configuration) are
 * passed over; so again inside it. What is nested further is named by its path, with dots. Numbers,
 * strings and truth values become the metadata.
 *
 * @param tensors by name, in stored order
 * @param metadata what else has a name, as text
 */
record StateDict(Map<String, TorchTensor> tensors, Map<String, String> metadata) {

  private static final List<String> USUAL =
      List.of("state_dict", "model_state_dict", "model", "module");
  private static final int MAX_DEPTH = 32;
  private static final int MAX_ENTRIES = 1_000_000;
  private static final String ALONE = "tensor";

  /**
   * Finds the tensors.
   *
   * @param part keys, joined by dots, of the dictionary that is meant; empty for the usual one
   * @throws InputException if there are no tensors, or it is unclear which are meant
   */
  static StateDict of(Path file, Object root, String part) {
    Map<String, String> metadata = new LinkedHashMap<>();
    Object chosen = root;
    if (!part.isEmpty()) {
      for (String key : part.split("\\.", -1)) {
        if (!(chosen instanceof Map<?, ?> map) || !map.containsKey(key)) {
          throw new InputException(
              file + " has no part " + part + keys(chosen) + "; name one that it has");
        }
        chosen = map.get(key);
      }
    } else {
      for (Object inner = usual(file, chosen, 0); inner != null; ) {
        describe((Map<?, ?>) chosen, metadata);
        chosen = inner;
        inner = metadata.size() > MAX_ENTRIES ? null : usual(file, chosen, 0);
      }
    }
    Walk walk = new Walk(file, metadata);
    walk.visit("", chosen, 0);
    if (walk.tensors.isEmpty()) {
      throw new InputException(
          file + " holds no tensors" + keys(chosen) + "; give a checkpoint of weights");
    }
    return new StateDict(walk.tensors, metadata);
  }

  /** The usual entry with the model's tensors, or null where the dictionary is it itself. */
  private static Object usual(Path file, Object value, int depth) {
    if (!(value instanceof Map<?, ?> map)
        || value instanceof Pickle.ScriptModule
        || map.values().stream().anyMatch(TorchTensor.class::isInstance)) {
      return null;
    }
    List<String> found = new ArrayList<>();
    for (String key : USUAL) {
      if (map.get(key) != map && holdsTensors(map.get(key), depth)) {
        found.add(key);
      }
    }
    if (found.size() > 1) {
      throw new InputException(
          file
              + " holds tensors under "
              + String.join(" and ", found)
              + "; say which part is meant");
    }
    return found.isEmpty() ? null : map.get(found.get(0));
  }

  /** Whether a dictionary has tensors, or a usual entry inside it has. */
  private static boolean holdsTensors(Object value, int depth) {
    return depth < MAX_DEPTH
        && value instanceof Map<?, ?> map
        && (map.values().stream().anyMatch(TorchTensor.class::isInstance)
            || USUAL.stream().anyMatch(key -> holdsTensors(map.get(key), depth + 1)));
  }

  private static void describe(Map<?, ?> map, Map<String, String> metadata) {
    map.forEach(
        (key, value) -> {
          if (isPlain(value)) {
            metadata.put(String.valueOf(key), String.valueOf(value));
          }
        });
  }

  private static boolean isPlain(Object value) {
    return value instanceof String || value instanceof Number || value instanceof Boolean;
  }

  private static String keys(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return "";
    }
    List<String> keys = map.keySet().stream().limit(8).map(String::valueOf).toList();
    return " but " + String.join(", ", keys) + (map.size() > keys.size() ? ", ..." : "");
  }

  /** Goes through what can be nested without end, but not without end. */
  private static final class Walk {
    private final Path file;
    private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;
    private int entries;

    Walk(Path file, Map<String, String> metadata) {
      this.file = file;
      this.metadata = metadata;
    }

    void visit(String name, Object value, int depth) {
      if (depth > MAX_DEPTH || ++entries > MAX_ENTRIES) {
        throw new InputException(
            file
                + " nests its tensors deeper than "
                + MAX_DEPTH
                + " levels or lists more than "
                + MAX_ENTRIES
                + "; give a checkpoint of a model's state alone");
      }
      if (value instanceof Map<?, ?> map) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          visit(join(name, String.valueOf(entry.getKey())), entry.getValue(), depth + 1);
        }
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          visit(join(name, Integer.toString(i)), list.get(i), depth + 1);
        }
      } else if (value instanceof TorchTensor tensor) {
        String own = name.isEmpty() ? ALONE : name;
        if (tensors.put(own, tensor) != null) {
          throw new InputException(file + " holds two tensors named " + own + "; rename one");
        }
      } else if (isPlain(value)) {
        metadata.put(name, String.valueOf(value));
      }
    }

    private static String join(String path, String key) {
      return path.isEmpty() ? key : path + "." + key;
    }
  }
}
