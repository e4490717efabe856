package io.lorgnette.nn;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Activation functions under the names of Hugging Face configurations. */
public enum Activation {
  RELU(torch::relu),
  /** Exact, with the error function. */
  GELU(torch::gelu),
  /** The tanh approximation: {@code gelu_new}, {@code gelu_pytorch_tanh}. */
  GELU_TANH(x -> torch.gelu(x, "tanh")),
  QUICK_GELU(Layers::quickGelu),
  SILU(torch::silu);

  private final UnaryOperator<Tensor> function;

  Activation(UnaryOperator<Tensor> function) {
    this.function = function;
  }

  public Tensor apply(Tensor x) {
    return function.apply(x);
  }

  /** The activation that a configuration calls {@code name}, or null if none has that name. */
  public static Activation named(String name) {
    return switch (name) {
      case "relu" -> RELU;
      case "gelu" -> GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
      case "quick_gelu" -> QUICK_GELU;
      case "silu", "swish" -> SILU;
      default -> null;
    };
  }
}
