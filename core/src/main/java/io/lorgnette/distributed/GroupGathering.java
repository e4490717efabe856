package io.lorgnette.distributed;

import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;

/** The rows of the processes of a group, of equal numbers. */
final class GroupGathering implements Gathering {

  private final ProcessGroup group;

  GroupGathering(ProcessGroup group) {
    this.group = group;
  }

  @Override
  public Tensor constant(Tensor own) {
    return group.gather(own.detach());
  }

  /**
   * Own rows stand with their gradient among the constant ones of others. What flows back to the
   * whole is added up over the processes before the own rows take their part of it, so each row
   * gets the gradient of all processes' losses.
   */
  @Override
  public Tensor shared(Tensor own) {
    Tensor all = constant(own);
    long rows = own.size(0);
    long first = first(rows);
    long after = first + rows;
    Tensor placed =
        Tensors.cat(0, all.narrow(0, 0, first), own, all.narrow(0, after, all.size(0) - after));
    if (placed.requires_grad()) {
      placed.register_hook(new Sum(group));
    }
    return placed;
  }

  @Override
  public long first(long rows) {
    return rows * group.rank();
  }

  /** Lives in the scope of the step, which is longer than its backward pass. */
  private static final class Sum extends TensorTensorHook {

    private final ProcessGroup group;

    Sum(ProcessGroup group) {
      this.group = group;
    }

    @Override
    public TensorBase call(TensorBase gradient) {
      try (Scope scope = Scope.open()) {
        Tensor sum = new Tensor(gradient).detach().clone();
        group.sum(sum);
        return scope.keep(sum);
      }
    }
  }
}
