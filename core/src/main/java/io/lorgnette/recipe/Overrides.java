package io.lorgnette.recipe;

import io.lorgnette.error.InputException;
import java.util.List;

/** Lays {@code --set key.path=value} options over a recipe before it is read. */
final class Overrides {
  private Overrides() {}

  static void apply(Tree.Mapping root, List<String> options) {
    for (String option : options) {
      apply(root, option);
    }
  }

  private static void apply(Tree.Mapping root, String option) {
    String place = "--set " + option;
    int equals = option.indexOf('=');
    if (equals <= 0) {
      throw new InputException(
          place + ": expected key.path=value, for example --set train.steps=200.");
    }
    String path = option.substring(0, equals);
    List<String> keys = List.of(path.split("\\.", -1));
    if (keys.stream().anyMatch(String::isBlank)) {
      throw new InputException(place + ": the key path " + path + " has an empty part.");
    }
    put(root, keys, value(option.substring(equals + 1), place), place);
  }

  /**
   * Lists, sections and quoted text are YAML; all else is taken literally, so that {@code prompt=Q:
   * {q} A:} needs no second pair of quotes.
   */
  private static Tree value(String text, String place) {
    String trimmed = text.strip();
    if (!trimmed.isEmpty() && "[{\"'".indexOf(trimmed.charAt(0)) >= 0) {
      return TreeBuilder.build(trimmed, true, line -> place);
    }
    return new Tree.Scalar(trimmed, true, true, place);
  }

  private static void put(Tree parent, List<String> keys, Tree value, String place) {
    String key = keys.get(0);
    List<String> rest = keys.subList(1, keys.size());
    if (parent instanceof Tree.Mapping mapping) {
      if (rest.isEmpty()) {
        mapping.put(key, place, value);
        return;
      }
      Tree child = mapping.values().get(key);
      if (child == null || (child instanceof Tree.Scalar scalar && scalar.isNull())) {
        child = Tree.Mapping.empty(place);
        mapping.put(key, place, child);
      }
      put(child, rest, value, place);
    } else if (parent instanceof Tree.Sequence sequence) {
      List<Tree> items = sequence.items();
      int index = key.matches("[0-9]{1,6}") ? Integer.parseInt(key) : -1;
      if (index < 0 || index >= items.size()) {
        throw new InputException(
            place
                + ": "
                + key
                + " is not a position of this list, which has "
                + items.size()
                + " entries, counted from 0.");
      }
      if (rest.isEmpty()) {
        items.set(index, value);
      } else {
        put(items.get(index), rest, value, place);
      }
    } else {
      throw new InputException(
          place + ": there is no key " + key + " below " + parent.words() + ".");
    }
  }
}
