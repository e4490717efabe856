package io.lorgnette.train;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's order of operations.
 * Belongs to one thread.
 */
public final class AdamW implements AutoCloseable {

  /**
   * Constants of the optimizer.
   *
   * @param weightDecay per unit of learning rate, for the tensors that decay
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException naming the field that does not fit
     */
    public Settings {
      if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
        throw new IllegalArgumentException("betas must be at least 0 and less than 1");
      }
      if (!(epsilon > 0) || !(weightDecay >= 0)) {
        throw new IllegalArgumentException("epsilon must be positive, weightDecay not negative");
      }
    }
  }

  private final Settings settings;
  private final Map<String, Tensor> parameters;
  private final Map<String, Boolean> decays = new LinkedHashMap<>();
  private final ToDoubleFunction<String> rate;
  private final Map<String, Tensor> means = new LinkedHashMap<>();
  private final Map<String, Tensor> squares = new LinkedHashMap<>();
  private long steps;

  /**
   * An optimizer at its start.
   *
   * @param parameters leaves that require gradients
   * @param decay which of them get weight decay
   * @param rate by how much each one's learning rate is multiplied
   */
  public AdamW(
      Map<String, Tensor> parameters,
      Settings settings,
      BiPredicate<String, Tensor> decay,
      ToDoubleFunction<String> rate) {
    this.parameters = new LinkedHashMap<>(parameters);
    this.rate = rate;
    this.settings = settings;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      parameters.forEach(
          (name, tensor) -> {
            decays.put(name, decay.test(name, tensor));
            means.put(name, Scope.release(torch.zeros_like(tensor)));
            squares.put(name, Scope.release(torch.zeros_like(tensor)));
          });
    }
  }

  /** Optimizer steps taken. */
  public long steps() {
    return steps;
  }

  /** Forgets all gradients. */
  public void zeroGradients() {
    for (Tensor parameter : parameters.values()) {
      try (Scope scope = Scope.open()) {
        if (parameter.grad().defined()) {
          parameter.mutable_grad().reset();
        }
      }
    }
  }

  /**
   * Scales all gradients so that their common norm is at most {@code limit}.
   *
   * @return the norm before
   */
  public double clipGradients(double limit) {
    try (Scope scope = Scope.open()) {
      TensorVector leaves = new TensorVector(parameters.values().toArray(new Tensor[0]));
      return torch.clip_grad_norm_(leaves, limit);
    }
  }

  /** Takes one step with the gradients at hand; parameters without one stay. */
  public void step(double commonRate) {
    steps++;
    double correction1 = 1 - Math.pow(settings.beta1(), (double) steps);
    double correction2 = Math.sqrt(1 - Math.pow(settings.beta2(), (double) steps));
    for (Map.Entry<String, Tensor> entry : parameters.entrySet()) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        Tensor parameter = entry.getValue();
        Tensor gradient = parameter.grad();
        if (!gradient.defined()) {
          continue;
        }
        double learningRate = commonRate * rate.applyAsDouble(entry.getKey());
        if (decays.get(entry.getKey())) {
          parameter.mul_(new Scalar(1 - learningRate * settings.weightDecay()));
        }
        Tensor mean = means.get(entry.getKey());
        Tensor square = squares.get(entry.getKey());
        mean.lerp_(gradient, new Scalar(1 - settings.beta1()));
        square
            .mul_(new Scalar(settings.beta2()))
            .addcmul_(gradient, gradient, new Scalar(1 - settings.beta2()));
        Tensor divisor =
            square.sqrt().div_(new Scalar(correction2)).add_(new Scalar(settings.epsilon()));
        parameter.addcdiv_(mean, divisor, new Scalar(-learningRate / correction1));
      }
    }
  }

  /** Name of the first parameter whose value or gradient is not finite. */
  public Optional<String> firstNotFinite() {
    for (Map.Entry<String, Tensor> entry : parameters.entrySet()) {
      try (Scope scope = Scope.open()) {
        Tensor gradient = entry.getValue().grad();
        if (gradient.defined() && !allFinite(gradient)) {
          return Optional.of("the gradient of " + entry.getKey());
        }
        if (!allFinite(entry.getValue())) {
          return Optional.of(entry.getKey());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean allFinite(Tensor tensor) {
    return torch.isfinite(tensor.detach()).all().item_bool();
  }

  /** The running means, to be written beside the parameters. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    means.forEach((name, tensor) -> state.put("mean." + name, tensor));
    squares.forEach((name, tensor) -> state.put("square." + name, tensor));
    return state;
  }

  /**
   * Takes over written running means.
   *
   * @throws InputException if they belong to other parameters
   */
  public void restore(Checkpoint state, long stepsTaken) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      state()
          .forEach(
              (name, tensor) -> {
                Tensor stored = state.get(name);
                if (stored.numel() != tensor.numel()) {
                  throw new InputException(
                      state.path()
                          + " holds "
                          + name
                          + " in another size; it belongs to another recipe, start a new run");
                }
                Device device = Tensors.device(tensor);
                tensor.copy_(Tensors.to(stored, Dtype.F32, device).view_as(tensor));
              });
    }
    goOnAfter(stepsTaken);
  }

  /** Counts the steps that the running means at hand come from. */
  void goOnAfter(long stepsTaken) {
    steps = stepsTaken;
  }

  @Override
  public void close() {
    means.values().forEach(Tensor::close);
    squares.values().forEach(Tensor::close);
  }
}
