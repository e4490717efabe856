package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.OneDnn;
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

  /** Loads below this are not held up by a look at the machine's memory. */
  private static final long ALWAYS_TRIED = 1L << 28;

  private record Part(
      List<Long> shape,
      List<String> stored,
      List<Long> rows,
      boolean transposed,
      boolean optional) {}

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private final Map<String, List<String>> aliases = new LinkedHashMap<>();
  private Predicate<String> ignored = name -> false;
  private Predicate<String> unquantized = name -> false;
  private final Map<String, Boolean> outputs = new LinkedHashMap<>();
  private String optionalPrefix = "";

  /** An own tensor that is stored as it is; one number without a shape. */
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
    List<Long> rows = List.of(shape.length == 0 ? 1 : shape[0]);
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
   * All tensors of another map.
   *
   * @param prefix before their own names
   */
  public KeyMap addAll(String prefix, KeyMap other) {
    other.parts.forEach((own, part) -> parts.put(prefix + own, part));
    aliases.putAll(other.aliases);
    ignored = ignored.or(other.ignored);
    unquantized = unquantized.or(other.unquantized);
    other.outputs.forEach((own, lookedUp) -> outputs.put(prefix + own, lookedUp));
    optionalPrefix = other.optionalPrefix.isEmpty() ? optionalPrefix : other.optionalPrefix;
    return this;
  }

  /**
   * All tensors of another map, whose stored names get a beginning: a model as a part of a larger
   * one.
   */
  public KeyMap addAllStored(String beginning, KeyMap other) {
    other.parts.forEach(
        (own, part) ->
            parts.put(
                own,
                new Part(
                    part.shape(),
                    part.stored().stream().map(beginning::concat).toList(),
                    part.rows(),
                    part.transposed(),
                    part.optional())));
    other.aliases.forEach(
        (stored, others) ->
            aliases.put(beginning + stored, others.stream().map(beginning::concat).toList()));
    ignored =
        ignored.or(
            name ->
                name.startsWith(beginning)
                    && other.ignored.test(name.substring(beginning.length())));
    unquantized = unquantized.or(other.unquantized);
    outputs.putAll(other.outputs);
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

  /** Own matrices that are read otherwise than by a linear map, and so never quantized. */
  public KeyMap unquantized(String regex) {
    Predicate<String> more = Pattern.compile(regex).asMatchPredicate();
    unquantized = unquantized.or(more);
    return this;
  }

  /**
   * An own matrix outside of the blocks that is read by a linear map: that of a language model's
   * output.
   *
   * @param lookedUp whether its rows are read one by one too
   */
  public KeyMap output(String own, boolean lookedUp) {
    outputs.put(own, lookedUp);
    return this;
  }

  /** Bytes that all own tensors take in memory. */
  public long bytes(Precision precision) {
    return bytes(name -> precision);
  }

  private long bytes(Function<String, Precision> precisions) {
    long bytes = 0;
    for (Map.Entry<String, Part> part : parts.entrySet()) {
      Precision precision = precisions.apply(part.getKey());
      long own = precision.bytes(blockName(part.getKey()), part.getValue().shape());
      bytes += precision.packed() && outputs.getOrDefault(part.getKey(), false) ? 2 * own : own;
    }
    return bytes;
  }

  /** A name that no precision takes for a matrix, where the tensor is to be left alone. */
  private String blockName(String own) {
    return unquantized.test(own) ? "" : own;
  }

  /**
   * Reads the model's own tensors in the checkpoint's {@linkplain Checkpoint#keptAs precision}, one
   * after the other: beside the result, memory holds one of them at a time. They belong to the
   * caller, not to a scope.
   *
   * @param dtype format that is computed in
   * @throws InputException listing tensors that are missing, unknown or of another shape, or if
   *     memory can not hold them
   */
  public Map<String, Tensor> read(Checkpoint checkpoint, Dtype dtype, Device device) {
    return read(checkpoint, name -> dtype, device);
  }

  /**
   * As {@link #read(Checkpoint, Dtype, Device)}, with a number format for each tensor.
   *
   * @param dtype gives the format that is computed in, by own name
   */
  public Map<String, Tensor> read(
      Checkpoint checkpoint, Function<String, Dtype> dtype, Device device) {
    String omitted = check(checkpoint);
    long bytes = bytes(name -> checkpoint.precision(dtype.apply(name)));
    if (device == Device.CPU && bytes > ALWAYS_TRIED) {
      Precision precision = checkpoint.precision(dtype.apply(""));
      MemoryBudget.now().require(checkpoint.path().toString(), bytes, precision, this::bytes);
    }
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      parts.forEach(
          (name, part) -> {
            if (part.optional()
                && present(checkpoint.names(), omitted, part.stored().get(0)).isEmpty()) {
              return;
            }
            Precision precision = checkpoint.precision(dtype.apply(name));
            try (Scope scope = Scope.open()) {
              Tensor[] stored =
                  part.stored().stream()
                      .map(key -> one(checkpoint, omitted, key))
                      .map(tensor -> part.transposed() ? tensor.t() : tensor)
                      .toArray(Tensor[]::new);
              boolean concerned = precision.concerns(blockName(name), part.shape());
              if (concerned && precision.quantized()) {
                own.putAll(quantized(name, part, stored, precision, device));
              } else {
                Dtype kept = concerned ? precision.storage().dtype() : precision.compute();
                boolean laidOut =
                    precision.packed()
                        && kept == precision.compute()
                        && OneDnn.packs(kept, device)
                        && (concerned || outputs.containsKey(name));
                own.putAll(dense(name, copied(part, stored, kept, device), laidOut));
              }
            }
            // What was read of the files need not stay in memory.
            checkpoint.unmap();
          });
    } catch (RuntimeException | Error e) {
      own.values().forEach(Tensor::close);
      throw e;
    }
    return own;
  }

  /** A tensor under its own name, or one to be multiplied with as kernels want it, or as both. */
  private Map<String, Tensor> dense(String name, Tensor whole, boolean laidOut) {
    Map<String, Tensor> forms = new LinkedHashMap<>();
    if (laidOut) {
      forms.put(name + Precision.PACKED, Scope.release(OneDnn.get().pack(whole)));
    }
    if (!laidOut || outputs.getOrDefault(name, false)) {
      forms.put(name, Scope.release(whole));
    }
    return forms;
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

  private static Tensor copied(Part part, Tensor[] stored, Dtype dtype, Device device) {
    long[] shape = part.shape().stream().mapToLong(Long::longValue).toArray();
    Tensor whole = Tensors.empty(dtype, device, shape);
    if (shape.length == 0) {
      whole.copy_(stored[0]);
    }
    long at = 0;
    for (int i = 0; i < stored.length && shape.length > 0; i++) {
      whole.narrow(0, at, part.rows().get(i)).copy_(stored[i]);
      at += part.rows().get(i);
    }
    return whole;
  }

  private static Map<String, Tensor> quantized(
      String name, Part part, Tensor[] stored, Precision precision, Device device) {
    return Quantizer.quantize(
        name,
        part.shape().get(0),
        part.shape().get(1),
        (begin, count) -> rows(part, stored, begin, count),
        precision,
        device);
  }

  /** Some rows of joined matrices. */
  private static Tensor rows(Part part, Tensor[] stored, long begin, long count) {
    List<Tensor> pieces = new ArrayList<>();
    long at = 0;
    for (int i = 0; i < stored.length; i++) {
      long first = Math.max(begin, at);
      long last = Math.min(begin + count, at + part.rows().get(i));
      if (first < last) {
        pieces.add(stored[i].narrow(0, first - at, last - first));
      }
      at += part.rows().get(i);
    }
    return Tensors.cat(0, pieces.toArray(Tensor[]::new));
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
    if (!shape.isEmpty()) {
      shape.set(0, part.rows().get(i));
    }
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
          if (!own.containsKey(name)) {
            throw new IllegalArgumentException(
                name + " is quantized or absent; write the original");
          }
          Tensor tensor = own.get(name).detach();
          long at = 0;
          for (int i = 0; i < part.stored().size(); i++) {
            long rows = part.rows().get(i);
            boolean whole = part.shape().isEmpty();
            Tensor piece =
                whole ? tensor : part.transposed() ? tensor.t() : tensor.narrow(0, at, rows);
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
