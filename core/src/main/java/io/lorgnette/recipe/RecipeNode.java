package io.lorgnette.recipe;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One section of a recipe, read key by key.
 *
 * <p>Asking for a key declares it: what was never asked for is an unknown key, and what was asked
 * for stands in {@link #resolvedYaml()}. Each method comes with a default, without one (the key is
 * then required), or as {@code optional...} (absent and {@code null} mean the same). Each throws
 * {@link InputException} with file, line and key path when the value has another type.
 *
 * <p>Not thread-safe; it lives as long as reading does.
 */
public final class RecipeNode {
  private final String path;
  private final Tree.Mapping tree;
  private final Map<String, Object> resolved = new LinkedHashMap<>();

  RecipeNode(String path, Tree.Mapping tree) {
    this.path = path;
    this.tree = tree;
  }

  // ---- numbers ----

  public Ranged<Integer> integer(String key) {
    return declare(key, required(key), Convert::toInteger);
  }

  public Ranged<Integer> integer(String key, int fallback) {
    return declare(key, or(key, fallback), Convert::toInteger);
  }

  public Optional<Ranged<Integer>> optionalInteger(String key) {
    return optional(key, Convert::toInteger);
  }

  public Ranged<Long> longInteger(String key) {
    return declare(key, required(key), Convert::toLong);
  }

  public Ranged<Long> longInteger(String key, long fallback) {
    return declare(key, or(key, fallback), Convert::toLong);
  }

  /** A finite number; an integer will do. */
  public Ranged<Double> number(String key) {
    return declare(key, required(key), Convert::toNumber);
  }

  public Ranged<Double> number(String key, double fallback) {
    return declare(key, or(key, fallback), Convert::toNumber);
  }

  public Optional<Ranged<Double>> optionalNumber(String key) {
    return optional(key, Convert::toNumber);
  }

  // ---- texts, flags, choices ----

  public String text(String key) {
    return declare(key, required(key), Convert::toText);
  }

  public String text(String key, String fallback) {
    return declare(key, or(key, fallback), Convert::toText);
  }

  public Optional<String> optionalText(String key) {
    return optional(key, Convert::toText);
  }

  public boolean flag(String key) {
    return declare(key, required(key), Convert::toFlag);
  }

  public boolean flag(String key, boolean fallback) {
    return declare(key, or(key, fallback), Convert::toFlag);
  }

  /**
   * A constant of an enum, written in lower case with hyphens: {@code RESIDUAL_ADD} is
   * residual-add.
   */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    return declare(key, required(key), (keyPath, value) -> Convert.toChoice(keyPath, value, type));
  }

  public <E extends Enum<E>> E choice(String key, E fallback) {
    Class<E> type = fallback.getDeclaringClass();
    return declare(
        key,
        or(key, Convert.written(fallback)),
        (keyPath, value) -> Convert.toChoice(keyPath, value, type));
  }

  /** One of the names in {@code kinds}; its function reads the other keys of this same section. */
  public <T> T kind(String key, Map<String, Function<RecipeNode, T>> kinds) {
    String name =
        declare(
            key, required(key), (keyPath, value) -> Convert.toName(keyPath, value, kinds.keySet()));
    return kinds.get(name).apply(this);
  }

  /** Like {@link #kind(String, Map)}, with a kind for recipes that do not name one. */
  public <T> T kind(String key, String fallback, Map<String, Function<RecipeNode, T>> kinds) {
    String name =
        declare(
            key,
            or(key, fallback),
            (keyPath, value) -> Convert.toName(keyPath, value, kinds.keySet()));
    return kinds.get(name).apply(this);
  }

  // ---- lists ----

  public List<String> texts(String key) {
    required(key);
    return texts(key, List.of());
  }

  public List<String> texts(String key, List<String> fallback) {
    return list(key, fallback, Convert::toText);
  }

  public List<Integer> integers(String key, List<Integer> fallback) {
    return list(key, fallback, Convert::toPlainInteger);
  }

  public List<Double> numbers(String key, List<Double> fallback) {
    return list(key, fallback, Convert::toPlainNumber);
  }

  // ---- sections ----

  /** A section read by {@code how}; where it is absent, all its keys have their defaults. */
  public <T> T section(String key, Function<RecipeNode, T> how) {
    Tree value = tree.values().get(key);
    Tree given = value == null || isNull(value) ? Tree.Mapping.empty(tree.place()) : value;
    return declare(key, given, (keyPath, v) -> Convert.toSection(keyPath, v, how));
  }

  /** A section that may be absent altogether. */
  public <T> Optional<T> optionalSection(String key, Function<RecipeNode, T> how) {
    return optional(key, (keyPath, value) -> Convert.toSection(keyPath, value, how));
  }

  /** A list of sections, each read by {@code how}; empty when absent. */
  public <T> List<T> sections(String key, Function<RecipeNode, T> how) {
    return list(key, List.of(), (keyPath, value) -> Convert.toSection(keyPath, value, how));
  }

  // ---- checks ----

  /** Whether the recipe gives a value for the key; asking this does not declare it. */
  public boolean has(String key) {
    Tree value = tree.values().get(key);
    return value != null && !isNull(value);
  }

  /**
   * Throws unless {@code holds}.
   *
   * @param key the key to name
   * @param sentence what goes after the key path: {@code must not be above train.steps}
   */
  public void check(boolean holds, String key, String sentence) {
    if (!holds) {
      throw new InputException(subject(key) + " " + sentence + ".");
    }
  }

  /** File, line and key path, such as {@code mapl.yaml, line 12: train.steps}. */
  public String subject(String key) {
    String place = tree.keyPlaces().getOrDefault(key, tree.place());
    return place + ": " + path + key;
  }

  /** All that was declared so far, with the values that hold, as YAML. */
  public String resolvedYaml() {
    return ResolvedYaml.of(resolved);
  }

  /**
   * Of {@link #resolvedYaml} what the recipe itself and overrides say, in alphabetical order: it
   * stays as it is when a later version of this program knows more keys.
   */
  public String writtenYaml() {
    return ResolvedYaml.of(written(tree, resolved));
  }

  private static Map<String, Object> written(Tree.Mapping said, Map<?, ?> read) {
    Map<String, Object> written = new TreeMap<>();
    said.values().forEach((key, value) -> written.put(key, written(value, read.get(key))));
    return written;
  }

  private static Object written(Tree said, Object read) {
    if (said instanceof Tree.Mapping mapping && read instanceof Map<?, ?> map) {
      return written(mapping, map);
    }
    if (said instanceof Tree.Sequence sequence && read instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        items.add(written(sequence.items().get(i), list.get(i)));
      }
      return items;
    }
    return read;
  }

  /** Throws for the first key that nobody asked for. */
  void finish() {
    for (String key : tree.values().keySet()) {
      if (!resolved.containsKey(key)) {
        throw unknown(key);
      }
    }
  }

  private InputException unknown(String key) {
    return new InputException(
        subject(key) + " is not a known key" + Nearest.hint(key, resolved.keySet(), path));
  }

  // ---- how a value gets from the tree to the caller ----

  private Tree required(String key) {
    Tree value = tree.values().get(key);
    if (value == null) {
      // The key may be there under a slip of the pen; it is not certain, as later keys may be
      // asked.
      List<String> unasked = new ArrayList<>(tree.values().keySet());
      unasked.removeAll(resolved.keySet());
      String place = tree.place() + ": " + path + key + " is missing and has no default; ";
      throw new InputException(
          Nearest.to(key, unasked)
              .map(near -> place + "is " + path + near + " a slip?")
              .orElse(place + "add it."));
    }
    return value;
  }

  private Tree or(String key, Object fallback) {
    Tree value = tree.values().get(key);
    boolean text = fallback instanceof String;
    return value != null
        ? value
        : new Tree.Scalar(fallback.toString(), !text, false, "default of this program");
  }

  private <T> T declare(String key, Tree value, Convert.Conversion<T> conversion) {
    Convert.Read<T> read = conversion.from(path + key, value);
    resolve(key, read.plain());
    return read.value();
  }

  /** Two that read one key would each take the other's value, or write it over. */
  private void resolve(String key, Object plain) {
    if (resolved.containsKey(key)) {
      throw new IllegalStateException("the key " + path + key + " is read twice");
    }
    resolved.put(key, plain);
  }

  private <T> Optional<T> optional(String key, Convert.Conversion<T> conversion) {
    if (has(key)) {
      return Optional.of(declare(key, tree.values().get(key), conversion));
    }
    resolve(key, null);
    return Optional.empty();
  }

  private <T> List<T> list(String key, List<T> fallback, Convert.Conversion<T> conversion) {
    Tree value = tree.values().get(key);
    if (value == null) {
      resolve(key, fallback);
      return List.copyOf(fallback);
    }
    return declare(key, value, (keyPath, v) -> Convert.toList(keyPath, v, conversion));
  }

  Map<String, Object> resolved() {
    return resolved;
  }

  private static boolean isNull(Tree value) {
    return value instanceof Tree.Scalar scalar && scalar.isNull();
  }
}
