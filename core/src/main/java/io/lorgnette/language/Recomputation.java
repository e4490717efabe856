package io.lorgnette.language;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * Activation checkpointing (Chen et al. 2016) through frozen layers: of each layer only its input
 * is kept, and the layer is run once more when the gradient reaches it.
 *
 * <p>Nothing but the input wants a gradient, and so all of it is computed at once, a layer's graph
 * at a time, from the loss to the input. What is returned has the loss's value and, with respect to
 * the input, that gradient; its own backward pass does no more than hand it on.
 */
final class Recomputation {

  private Recomputation() {}

  /**
   * The loss, with a gradient to the input alone.
   *
   * @param input {@code [B, T, W]}, with the graph of what it was made of
   * @param layers from the first, each {@code [B, T, W]} to the same; frozen and without chance
   * @param loss of the last layer's output, a scalar
   */
  static Tensor loss(Tensor input, List<UnaryOperator<Tensor>> layers, UnaryOperator<Tensor> loss) {
    Deque<Tensor> inputs = new ArrayDeque<>(); // the last layer's first
    Tensor gradient = null;
    try {
      Tensor state = owned(input::detach);
      for (UnaryOperator<Tensor> layer : layers) {
        inputs.push(state);
        Tensor given = state;
        state = owned(() -> layer.apply(given));
      }
      inputs.push(state);
      Tensor value;
      try (Scope scope = Scope.open();
          Tensor last = inputs.pop()) {
        last.requires_grad_(true);
        Tensor mean = loss.apply(last);
        mean.backward();
        gradient = gradientOf(last);
        value = Scope.release(mean.detach());
      }
      for (int i = layers.size() - 1; i >= 0; i--) {
        try (Scope scope = Scope.open();
            Tensor given = inputs.pop();
            Tensor behind = gradient) {
          given.requires_grad_(true);
          Tensor output = layers.get(i).apply(given);
          output.backward(behind, new BoolOptional(), false, new TensorArrayRefOptional());
          gradient = gradientOf(given);
        }
      }
      return carrying(input, value, gradient);
    } finally {
      inputs.forEach(Tensor::close);
      if (gradient != null) {
        gradient.close();
      }
    }
  }

  /** A scalar of the given value whose gradient with respect to the input is the given one. */
  private static Tensor carrying(Tensor input, Tensor value, Tensor gradient) {
    Dtype format = Tensors.dtype(value);
    Tensor product = Tensors.to(input, format).mul(Tensors.to(gradient, format)).sum();
    Tensor sum = value.add(product.sub(product.detach()));
    value.close();
    return sum;
  }

  /** What {@code grad()} gives belongs to its tensor and ends with it. */
  private static Tensor gradientOf(Tensor leaf) {
    return Scope.release(leaf.grad().detach());
  }

  private static Tensor owned(Supplier<Tensor> made) {
    try (Scope scope = Scope.open()) {
      return Scope.release(made.get());
    }
  }
}
