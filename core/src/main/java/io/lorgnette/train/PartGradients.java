package io.lorgnette.train;

import io.lorgnette.distributed.GradientBuckets;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.tensor.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Gradients of a micro-batch whose parts are worked on side by side. Each part has leaves of its
 * own over the same memory; their gradients are added in the order of the parts, so that the same
 * number of parts gives the same bits. Belongs to one thread.
 */
public final class PartGradients implements AutoCloseable {

  private final Map<String, Tensor> trained;
  private final List<Map<String, Tensor>> leaves = new ArrayList<>();
  private final Workers workers;
  private final Cut cut;
  private final GradientBuckets buckets; // null for a process alone

  /**
   * Gradients of a process alone, none taken yet.
   *
   * @param trained leaves that get the gradients
   * @param parts worked on at once
   */
  public PartGradients(Map<String, Tensor> trained, int parts) {
    this(trained, parts, ProcessGroup.alone());
  }

  /**
   * Gradients of the processes of a group, none taken yet.
   *
   * @param trained leaves that get the gradients
   * @param parts worked on at once in each process
   */
  public PartGradients(Map<String, Tensor> trained, int parts, ProcessGroup group) {
    this.trained = trained;
    cut = Cut.of(group, parts);
    workers = new Workers(parts);
    leaves.add(trained);
    for (int i = 1; i < parts; i++) {
      leaves.add(sharing(trained));
    }
    buckets = group.size() == 1 ? null : new GradientBuckets(group, leaves);
  }

  private static Map<String, Tensor> sharing(Map<String, Tensor> trained) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      trained.forEach(
          (name, tensor) -> {
            Tensor alias = Scope.release(tensor.detach());
            alias.requires_grad_(true);
            own.put(name, alias);
          });
    }
    return own;
  }

  /** How micro-batches are to be cut. */
  public Cut cut() {
    return cut;
  }

  /**
   * Adds the gradient of a micro-batch to that of the trained leaves.
   *
   * @param parts this process', as they were {@linkplain #cut cut}
   * @param scale factor on the gradient
   * @param seed of dropout
   * @param last whether an optimizer step follows: the gradients of all processes are added up,
   *     while the backward pass runs
   * @return this process' share of the loss
   */
  public double add(List<TrainingTask.Part> parts, double scale, long seed, boolean last) {
    boolean sum = last && buckets != null;
    if (sum) {
      buckets.await(parts.size());
    }
    List<Callable<Double>> work = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      TrainingTask.Part part = parts.get(i);
      Map<String, Tensor> own = leaves.get(i);
      long partSeed = seed + cut.first() + i;
      work.add(() -> backward(part, own, scale, partSeed));
    }
    double loss = workers.all(work).stream().mapToDouble(Double::doubleValue).sum();
    if (sum) {
      buckets.finish();
    }
    for (int i = 1; i < parts.size(); i++) {
      gather(leaves.get(i), sum);
    }
    return loss;
  }

  private static double backward(
      TrainingTask.Part part, Map<String, Tensor> leaves, double scale, long seed) {
    try (Scope scope = Scope.open()) {
      Tensor loss = part.loss(leaves, Dropout.seeded(seed));
      double value = Tensors.value(loss);
      loss.mul(new Scalar(scale)).backward();
      return value;
    }
  }

  /** Moves the gradients of other leaves to those of the trained ones, unless they are there. */
  private void gather(Map<String, Tensor> from, boolean there) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      from.forEach(
          (name, tensor) -> {
            try (Scope scope = Scope.open()) {
              Tensor gradient = tensor.grad();
              if (!gradient.defined()) {
                return;
              }
              Tensor sum = trained.get(name).mutable_grad();
              if (!there && sum.defined()) {
                sum.add_(gradient);
              } else if (!there) {
                sum.put(gradient);
              }
              tensor.mutable_grad().reset();
            }
          });
    }
  }

  @Override
  public void close() {
    workers.close();
    if (buckets != null) {
      buckets.close();
    }
    for (Map<String, Tensor> own : leaves.subList(1, leaves.size())) {
      own.values().forEach(Tensor::close);
    }
  }
}
