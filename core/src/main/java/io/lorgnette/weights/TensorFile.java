package io.lorgnette.weights;

import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * One file of named tensors whose description was read and checked as hostile input. Immutable;
 * safe for use by several threads.
 */
interface TensorFile {

  Path file();

  /** Size of the file that was checked. */
  long fileBytes();

  /** What the file says about its tensors, in its order. */
  Map<String, TensorInfo> infos();

  /** What the file says beside its tensors. */
  Map<String, String> metadata();

  /**
   * A tensor.
   *
   * @param name one of {@link #infos}
   * @param map the file's bytes, {@code [fileBytes]}
   * @return a view of the map where the stored form allows it, else a copy; in the current scope
   */
  Tensor read(String name, Tensor map);

  /** A flat view of stored values, copied where they do not lie at a multiple of their size. */
  static Tensor flat(Tensor map, long begin, long elements, io.lorgnette.tensor.Dtype dtype) {
    // An empty tensor may stand at the very end, or nowhere.
    Tensor bytes = map.narrow(0, elements == 0 ? 0 : begin, elements * dtype.bytes());
    return (begin % dtype.bytes() == 0 ? bytes : bytes.clone()).view(dtype.scalarType());
  }
}
