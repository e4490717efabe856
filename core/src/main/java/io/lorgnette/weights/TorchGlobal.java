package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;
import java.util.Optional;

/** The closed list of names that a PyTorch checkpoint may mention; none of them is ever run. */
enum TorchGlobal {
  ORDERED_DICT("collections.OrderedDict"),
  SET("builtins.set"),
  SET_2("__builtin__.set"),
  SIZE("torch.Size"),
  TENSOR_1("torch._utils._rebuild_tensor"),
  TENSOR_2("torch._utils._rebuild_tensor_v2"),
  PARAMETER("torch._utils._rebuild_parameter"),
  SCRIPT_INTEGERS("torch.jit._pickle.build_intlist"),
  SCRIPT_DOUBLES("torch.jit._pickle.build_doublelist"),
  SCRIPT_BOOLEANS("torch.jit._pickle.build_boollist"),
  SCRIPT_TENSORS("torch.jit._pickle.build_tensorlist"),
  DOUBLES("torch.DoubleStorage", Dtype.F64),
  FLOATS("torch.FloatStorage", Dtype.F32),
  HALVES("torch.HalfStorage", Dtype.F16),
  BFLOATS("torch.BFloat16Storage", Dtype.BF16),
  LONGS("torch.LongStorage", Dtype.I64),
  INTS("torch.IntStorage", Dtype.I32),
  SHORTS("torch.ShortStorage", Dtype.I16),
  CHARS("torch.CharStorage", Dtype.I8),
  BYTES("torch.ByteStorage", Dtype.U8),
  BOOLS("torch.BoolStorage", Dtype.BOOL);

  private final String qualifiedName;
  private final Dtype dtype;

  TorchGlobal(String qualifiedName) {
    this(qualifiedName, null);
  }

  TorchGlobal(String qualifiedName, Dtype dtype) {
    this.qualifiedName = qualifiedName;
    this.dtype = dtype;
  }

  /** As Python writes it, with its module. */
  String qualifiedName() {
    return qualifiedName;
  }

  /** Number format of a class of storages; empty for anything else. */
  Optional<Dtype> dtype() {
    return Optional.ofNullable(dtype);
  }

  static Optional<TorchGlobal> named(String qualifiedName) {
    for (TorchGlobal global : values()) {
      if (global.qualifiedName.equals(qualifiedName)) {
        return Optional.of(global);
      }
    }
    return Optional.empty();
  }
}
