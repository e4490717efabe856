package io.lorgnette.nn;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.Quantizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * The named tensors of a model, or the part of them below a prefix. The map does not change; safe
 * for use by several threads.
 */
public final class Parameters {

  private final Map<String, Tensor> tensors;
  private final String prefix;

  private Parameters(Map<String, Tensor> tensors, String prefix) {
    this.tensors = tensors;
    this.prefix = prefix;
  }

  /** The given tensors, in the given order. */
  public static Parameters of(Map<String, Tensor> tensors) {
    return new Parameters(Collections.unmodifiableMap(new LinkedHashMap<>(tensors)), "");
  }

  /** The view of what lies below {@code name.}. */
  public Parameters at(String name) {
    return new Parameters(tensors, prefix + name + ".");
  }

  /**
   * What lies below {@code name.}, named from there: shares the tensors, which stay their owner's.
   */
  public Parameters own(String name) {
    String full = prefix + name + ".";
    Map<String, Tensor> own = new LinkedHashMap<>();
    at(name).asMap().forEach((key, tensor) -> own.put(key.substring(full.length()), tensor));
    return of(own);
  }

  /** The view of the {@code index}-th element of a list of blocks. */
  public Parameters at(String name, int index) {
    return at(name + "." + index);
  }

  /**
   * A tensor by its name below this view's prefix.
   *
   * @throws IllegalStateException if it is absent: loaders check names before a model runs
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(prefix + name);
    if (tensor == null) {
      boolean otherwise =
          Stream.of(Quantizer.INT8, Quantizer.W8A8, Quantizer.INT4, Precision.PACKED)
              .anyMatch(form -> has(name + form));
      throw new IllegalStateException(
          otherwise
              ? "parameter " + prefix + name + " is quantized or packed; use Layers.linear"
              : "no parameter is named " + prefix + name);
    }
    return tensor;
  }

  /** The tensor, or null where a variant of the model has none (a bias, say). */
  public Tensor find(String name) {
    return tensors.get(prefix + name);
  }

  public boolean has(String name) {
    return tensors.containsKey(prefix + name);
  }

  /** The full names below this view's prefix, in order. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (String name : tensors.keySet()) {
      if (name.startsWith(prefix)) {
        names.add(name);
      }
    }
    return names;
  }

  /** The tensors below this view's prefix by full name. */
  public Map<String, Tensor> asMap() {
    Map<String, Tensor> part = new LinkedHashMap<>();
    for (String name : names()) {
      part.put(name, tensors.get(name));
    }
    return part;
  }

  /** Those whose full name passes, e.g. those that get weight decay. */
  public List<Tensor> where(Predicate<String> name) {
    List<Tensor> chosen = new ArrayList<>();
    asMap()
        .forEach(
            (key, tensor) -> {
              if (name.test(key)) {
                chosen.add(tensor);
              }
            });
    return chosen;
  }

  public Collection<Tensor> tensors() {
    return asMap().values();
  }

  /** Number of values below this view's prefix; a matrix that is there twice counts once. */
  public long count() {
    return asMap().entrySet().stream()
        .filter(entry -> !isCopy(entry.getKey()))
        .mapToLong(entry -> entry.getValue().numel())
        .sum();
  }

  /** Whether a tensor is another's, laid out for kernels. */
  private boolean isCopy(String name) {
    return name.endsWith(Precision.PACKED) && tensors.containsKey(Precision.plainName(name));
  }

  /**
   * In what forms the tensors below this view's prefix are kept where they are not all in one
   * format: {@code BF16, INT8}, say; else empty. Results computed from them depend on it.
   */
  public String storage() {
    Set<String> forms = new TreeSet<>();
    asMap()
        .forEach(
            (name, tensor) -> {
              String matrix = name.substring(0, Math.max(0, name.lastIndexOf('.')));
              if (name.endsWith(Quantizer.INT8)) {
                forms.add("INT8");
              } else if (name.endsWith(Quantizer.W8A8)) {
                forms.add("W8A8");
              } else if (name.endsWith(Quantizer.INT4)) {
                long groups = tensors.get(matrix + Quantizer.SCALE).size(0);
                forms.add("INT4 by " + 2 * tensor.size(1) / groups);
              } else if (Tensors.dtype(tensor).isFloating()) {
                forms.add(Tensors.dtype(tensor).name());
              }
            });
    return forms.size() < 2 ? "" : String.join(", ", forms);
  }

  /** Says of each tensor whether gradients are to be computed for it. */
  public Parameters trainable(boolean trainable) {
    tensors().forEach(tensor -> tensor.requires_grad_(trainable));
    return this;
  }

  /**
   * Copies in another number format or place, owned by the caller (no scope frees them). Integer
   * tensors keep their format.
   */
  public Parameters copyTo(Dtype dtype, Device device) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      asMap()
          .forEach(
              (name, tensor) -> {
                Dtype own = Tensors.dtype(tensor);
                Dtype target = own.isFloating() ? dtype : own;
                boolean same = target == own && device == Tensors.device(tensor);
                copies.put(
                    name,
                    Scope.release(same ? tensor.clone() : Tensors.to(tensor, target, device)));
              });
    }
    return of(copies);
  }

  /** Frees the native memory of all tensors below this view's prefix. */
  public void close() {
    tensors().forEach(Tensor::close);
  }
}
