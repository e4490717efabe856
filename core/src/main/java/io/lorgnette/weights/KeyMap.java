package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * How the tensors of one released checkpoint form map to a model's own, both ways.
 *
 * <p>Every own tensor has a name and a shape and is made of one or several stored tensors, joined
 * along their first dimension (a query, key and value projection computed as one), or of one that
 * is stored transposed. Reading is strict: a missing, unknown or wrongly shaped tensor is an error
 * that lists it. Since shapes are known without weights, so is the number of parameters.
 */
public final class KeyMap {

  private record Part(
      List<Long> shape,
      List<String> stored,
      List<Long> rows,
      boolean transposed,
      boolean optional) {}

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Map<String, List<String>> aliases = new LinkedHashMap<>();
  private Predicate<String> ignored = name -> false;
  private String optionalPrefix = "";

  /** An own tensor that is stored as it is. */
  public KeyMap add(String own, String stored, long... shape) {
    return put(own, stored, false, false, shape);
  }

  /** An own matrix whose transpose is stored. */
  public KeyMap addTransposed(String own, String stored, long... shape) {
    return put(own, stored, true, false, shape);
  }

  /** An own tensor that is not learned and so no parameter; a checkpoint may lack it. */
  public KeyMap addBuffer(String own, String stored, long... shape) {
    return put(own, stored, false, true, shape);
  }

  private KeyMap put(
      String own, String stored, boolean transposed, boolean optional, long... shape) {
    List<Long> rows = List.of(shape[0]);
    parts.put(own, new Part(list(shape), List.of(stored), rows, transposed, optional));
    return this;
  }

  /**
   * An own tensor made of several stored ones, joined along the first dimension.
   *
   * @param rows first dimension of each stored tensor
   * @param rest the other dimensions
   */
  public KeyMap join(String own, List<String> stored, List<Long> rows, long... rest) {
    List<Long> shape = new ArrayList<>();
    shape.add(rows.stream().mapToLong(Long::longValue).sum());
    shape.addAll(list(rest));
    parts.put(own, new Part(shape, List.copyOf(stored), List.copyOf(rows), false, false));
    return this;
  }

  /**
   * Other names under which some releases hold a stored tensor, besides its own or instead: a word
   * table that several parts of a model share. All that are there must hold the same values.
   */
  public KeyMap alias(String stored, String... others) {
    aliases.put(stored, List.of(others));
    return this;
  }

  /** Stored names that hold nothing learned (buffers) and may be present or not. */
  public KeyMap ignore(String regex) {
    Predicate<String> more = Pattern.compile(regex).asMatchPredicate();
    ignored = ignored.or(more);
    return this;
  }

  /** A beginning of stored names that some releases leave out wherever it stands. */
  public KeyMap optionalPrefix(String prefix) {
    optionalPrefix = prefix;
    return this;
  }

  /** Own names and shapes, in reading order. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    parts.forEach((own, part) -> shapes.put(own, part.shape()));
    return shapes;
  }

  /** Number of values in all own tensors that are learned. */
  public long parameterCount() {
    return parts.values().stream()
        .filter(part -> !part.optional())
        .mapToLong(part -> part.shape().stream().reduce(1L, (a, b) -> a * b))
        .sum();
  }

  /**
   * Reads the model's own tensors; they belong to the caller, not to a scope.
   *
   * @throws InputException listing tensors that are missing, unknown or of another shape
   */
  public Map<String, Tensor> read(Checkpoint checkpoint, Dtype dtype, Device device) {
    return read(checkpoint, name -> dtype, device);
  }

  /**
   * As {@link #read(Checkpoint, Dtype, Device)}, with a number format for each tensor.
   *
   * @param dtype gives the format by own name
   */
  public Map<String, Tensor> read(
      Checkpoint checkpoint, Function<String, Dtype> dtype, Device device) {
    String omitted = check(checkpoint);
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      parts.forEach(
          (name, part) -> {
            if (part.optional()
                && present(checkpoint.names(), omitted, part.stored().get(0)).isEmpty()) {
              return;
            }
            try (Scope scope = Scope.open()) {
              Tensor[] stored =
                  part.stored().stream()
                      .map(
                          key ->
                              Tensors.to(
                                  one(checkpoint, omitted, key), dtype.apply(name), device))
                      .toArray(Tensor[]::new);
              Tensor joined =
                  part.transposed() ? stored[0].t().contiguous() : Tensors.cat(0, stored);
              // A mapped tensor would be read from disk at random times and pins its file.
              own.put(name, Scope.release(stored.length > 1 ? joined : joined.clone()));
            }
          });
    }
    return own;
  }

  /** A stored tensor by any of its names. */
  private Tensor one(Checkpoint checkpoint, String omitted, String stored) {
    List<String> present = present(checkpoint.names(), omitted, stored);
    Tensor first = checkpoint.get(present.get(0));
    for (String other : present.subList(1, present.size())) {
      if (!first.equal(checkpoint.get(other))) {
        throw new InputException(
            checkpoint.path()
                + " holds different values in "
                + present.get(0)
                + " and "
                + other
                + ", though its configuration says that they are one; give its own config.json");
      }
    }
    return first;
  }

  /** Those of a tensor's names that a checkpoint has, its own one first. */
  private List<String> present(Set<String> names, String omitted, String stored) {
    return Stream.concat(Stream.of(stored), aliases.getOrDefault(stored, List.of()).stream())
        .map(name -> without(omitted, name))
        .filter(names::contains)
        .toList();
  }

  /**
   * Checks a checkpoint's names and shapes without reading its tensors.
   *
   * @throws InputException listing tensors that are missing, unknown or of another shape
   */
  public void requireFit(Checkpoint checkpoint) {
    check(checkpoint);
  }

  /** Gives the prefix that the checkpoint leaves out. */
  private String check(Checkpoint checkpoint) {
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>(checkpoint.names());
    String omitted = omittedBy(checkpoint);
    for (Part part : parts.values()) {
      for (int i = 0; i < part.stored().size(); i++) {
        List<Long> expected = storedShape(part, i);
        List<String> keys = present(checkpoint.names(), omitted, part.stored().get(i));
        if (keys.isEmpty() && !part.optional()) {
          missing.add(without(omitted, part.stored().get(i)));
        }
        for (String key : keys) {
          unknown.remove(key);
          if (!checkpoint.info(key).shape().equals(expected)) {
            misshapen.add(key + " " + checkpoint.info(key).shape() + " instead of " + expected);
          }
        }
      }
    }
    unknown.removeIf(ignored);
    if (!missing.isEmpty() || !unknown.isEmpty() || !misshapen.isEmpty()) {
      throw new InputException(
          checkpoint.path()
              + " does not fit its configuration:"
              + listed(" missing ", missing)
              + listed(" unknown ", unknown)
              + listed(" misshapen ", misshapen)
              + "; give a checkpoint of this model, or its own config.json");
    }
    return omitted;
  }

  private String omittedBy(Checkpoint checkpoint) {
    boolean used = checkpoint.names().stream().anyMatch(name -> name.startsWith(optionalPrefix));
    return used ? "" : optionalPrefix;
  }

  private static String without(String prefix, String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  private static String listed(String what, Iterable<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(all::add);
    if (all.isEmpty()) {
      return "";
    }
    String shown = String.join(", ", all.subList(0, Math.min(5, all.size())));
    return what + all.size() + " (" + shown + (all.size() > 5 ? ", ..." : "") + ")";
  }

  private static List<Long> storedShape(Part part, int i) {
    if (part.transposed()) {
      return List.of(part.shape().get(1), part.shape().get(0));
    }
    List<Long> shape = new ArrayList<>(part.shape());
    shape.set(0, part.rows().get(i));
    return shape;
  }

  /** The tensors under their stored names and in their stored form; views where possible. */
  public Map<String, Tensor> write(Map<String, Tensor> own) {
    Map<String, Tensor> stored = new LinkedHashMap<>();
    parts.forEach(
        (name, part) -> {
          if (part.optional() && !own.containsKey(name)) {
            return;
          }
          Tensor tensor = own.get(name).detach();
          long at = 0;
          for (int i = 0; i < part.stored().size(); i++) {
            long rows = part.rows().get(i);
            Tensor piece = part.transposed() ? tensor.t() : tensor.narrow(0, at, rows);
            stored.put(part.stored().get(i), piece);
            at += rows;
          }
        });
    return stored;
  }

  /** All stored names. */
  public Stream<String> storedNames() {
    return parts.values().stream().flatMap(part -> part.stored().stream());
  }

  private static List<Long> list(long... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
