package io.lorgnette.nn;

import io.lorgnette.tensor.OneDnn;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Activation functions under the names of Hugging Face configurations. */
public enum Activation {
  RELU,
  /** Exact, with the error function. */
  GELU,
  /** The tanh approximation: {@code gelu_new}, {@code gelu_pytorch_tanh}. */
  GELU_TANH,
  QUICK_GELU,
  SILU,
  /** The square of ReLU (So et al. 2021). */
  SQUARED_RELU;

  /** What oneDNN's linear map can do of it by itself, or null. */
  OneDnn.After fused() {
    return switch (this) {
      case RELU -> OneDnn.After.RELU;
      case GELU -> OneDnn.After.GELU;
      case GELU_TANH -> OneDnn.After.GELU_TANH;
      case SILU -> OneDnn.After.SILU;
      case QUICK_GELU, SQUARED_RELU -> null;
    };
  }

  public Tensor apply(Tensor x) {
    return switch (this) {
      case RELU -> torch.relu(x);
      case GELU -> torch.gelu(x);
      case GELU_TANH -> torch.gelu(x, "tanh");
      case QUICK_GELU -> Layers.quickGelu(x);
      case SILU -> torch.silu(x);
      case SQUARED_RELU -> torch.relu(x).square();
    };
  }

  /** The activation that a configuration calls {@code name}, or null if none has that name. */
  public static Activation named(String name) {
    return switch (name) {
      case "relu" -> RELU;
      case "gelu" -> GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
      case "quick_gelu" -> QUICK_GELU;
      case "silu", "swish" -> SILU;
      case "relu2" -> SQUARED_RELU;
      default -> null;
    };
  }
}
