package io.lorgnette.distributed;

import io.lorgnette.distributed.ProcessGroup.Pending;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * Adds up the gradients of trained parameters over the processes of a group, in buckets that travel
 * while the backward pass still computes the others: a bucket starts as soon as the last of its
 * gradients is there and all buckets before it have started, so that the order is the same in every
 * process. The last parameters come first, as they do in a backward pass.
 *
 * <p>A process may work on several parts of a batch side by side, each with leaves of its own over
 * the same memory; a gradient is there when all parts have it, and they are added in the order of
 * the parts.
 */
public final class GradientBuckets implements AutoCloseable {

  /** 4 MiB: the first ones start early, and few are so small that waiting costs more than bytes. */
  private static final long FLOATS = 1 << 20;

  private final ProcessGroup group;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Bucket> buckets = new ArrayList<>();
  private final List<Arrival> hooks = new ArrayList<>();
  private final Tensor present; // [slots], in how many processes a parameter has a gradient
  private int parts; // 0 while nothing is awaited
  private int started; // buckets

  /** Where the gradient of a parameter is added up: a stretch of a bucket. */
  private static final class Slot {
    private final Tensor leaf;
    private final Tensor sum; // [elements]
    private final Bucket bucket;
    private final Tensor[] arrived; // [parts]
    private int missing;
    private boolean any;

    Slot(Tensor leaf, Tensor sum, Bucket bucket, int parts) {
      this.leaf = leaf;
      this.sum = sum;
      this.bucket = bucket;
      this.arrived = new Tensor[parts];
    }
  }

  private static final class Bucket {
    private final Tensor flat;
    private int slots;
    private int missing;
    private Pending pending;

    Bucket(Tensor flat) {
      this.flat = flat;
    }
  }

  /** Tells of a gradient that a part has computed. */
  private final class Arrival extends VoidTensorHook {
    private final Slot slot;
    private final int part;
    private final Tensor leaf;
    private final int number;

    Arrival(Slot slot, int part, Tensor leaf) {
      this.slot = slot;
      this.part = part;
      this.leaf = leaf;
      this.number = leaf.register_hook(this);
    }

    @Override
    public void call(TensorBase gradient) {
      arrived(slot, part, gradient);
    }

    void remove() {
      leaf.remove_hook(number);
      close();
    }
  }

  /**
   * Buckets for the gradients of some leaves.
   *
   * @param leaves of each part; the first ones get the sums
   */
  public GradientBuckets(ProcessGroup group, List<Map<String, Tensor>> leaves) {
    this.group = group;
    List<String> names = new ArrayList<>(leaves.get(0).keySet());
    Collections.reverse(names);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      int first = 0;
      while (first < names.size()) {
        long size = 0;
        int end = first;
        while (end < names.size() && (end == first || size + count(leaves, names, end) <= FLOATS)) {
          size += count(leaves, names, end++);
        }
        fill(leaves, names.subList(first, end), size);
        first = end;
      }
      present = Scope.release(Tensors.zeros(Dtype.F32, Device.CPU, slots.size()));
    }
  }

  private static long count(List<Map<String, Tensor>> leaves, List<String> names, int at) {
    return leaves.get(0).get(names.get(at)).numel();
  }

  private void fill(List<Map<String, Tensor>> leaves, List<String> names, long size) {
    Bucket bucket = new Bucket(Scope.release(Tensors.zeros(Dtype.F32, Device.CPU, size)));
    buckets.add(bucket);
    long at = 0;
    for (String name : names) {
      Tensor leaf = leaves.get(0).get(name);
      Tensor sum = Scope.release(bucket.flat.narrow(0, at, leaf.numel()));
      Slot slot = new Slot(leaf, sum, bucket, leaves.size());
      slots.add(slot);
      bucket.slots++;
      at += leaf.numel();
      for (int part = 0; part < leaves.size(); part++) {
        hooks.add(Scope.release(new Arrival(slot, part, leaves.get(part).get(name))));
      }
    }
  }

  /** Bytes that the processes add up for each optimizer step. */
  public static long bytes(Map<String, Tensor> trained) {
    long elements = trained.values().stream().mapToLong(Tensor::numel).sum();
    return Dtype.F32.bytes() * (elements + trained.size());
  }

  /**
   * Awaits the gradients of a backward pass, the last before an optimizer step; what the leaves
   * have gathered before it is added.
   *
   * @param count of parts that will be worked on; a process may have none
   */
  public synchronized void await(int count) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Slot slot : slots) {
        try (Scope scope = Scope.open()) {
          Tensor before = slot.leaf.grad();
          slot.any = before.defined();
          if (slot.any) {
            slot.sum.copy_(before.reshape(-1));
          } else {
            slot.sum.zero_();
          }
        }
        slot.missing = count;
      }
    }
    buckets.forEach(bucket -> bucket.missing = count == 0 ? 0 : bucket.slots);
    parts = count;
    started = 0;
    startFull();
  }

  private synchronized void arrived(Slot slot, int part, TensorBase gradient) {
    if (part >= parts) {
      return; // of an earlier micro-batch
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      slot.arrived[part] = Scope.release(new Tensor(gradient));
      if (--slot.missing == 0) {
        add(slot);
        slot.bucket.missing--;
        startFull();
      }
    }
  }

  private static void add(Slot slot) {
    for (int part = 0; part < slot.arrived.length; part++) {
      try (Tensor gradient = slot.arrived[part]) {
        if (gradient != null) {
          slot.sum.add_(Tensors.to(gradient.reshape(-1), Dtype.F32, Device.CPU));
          slot.any = true;
        }
      }
      slot.arrived[part] = null;
    }
  }

  private void startFull() {
    while (started < buckets.size() && buckets.get(started).missing == 0) {
      Bucket bucket = buckets.get(started++);
      bucket.pending = group.startSum(bucket.flat);
    }
  }

  /**
   * Waits for all sums and makes them the gradients of the first leaves; a parameter that has no
   * gradient in any process gets none.
   *
   * @throws LostProcessException if a process is lost
   */
  public synchronized void finish() {
    parts = 0;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (int i = 0; i < slots.size(); i++) {
        Slot slot = slots.get(i);
        add(slot); // what some parts have, where others never use the parameter
        present.select(0, i).fill_(new Scalar(slot.any ? 1.0 : 0.0));
      }
      buckets.forEach(bucket -> bucket.missing = 0);
      startFull();
      buckets.forEach(bucket -> bucket.pending.await());
      group.sum(present);
      float[] found = Tensors.toFloats(present);
      for (int i = 0; i < slots.size(); i++) {
        Slot slot = slots.get(i);
        if (found[i] > 0) {
          Tensor sum = slot.sum.view(Tensors.shape(slot.leaf));
          slot.leaf.mutable_grad().put(Tensors.to(sum, Tensors.device(slot.leaf)));
        }
      }
    }
  }

  @Override
  public void close() {
    hooks.forEach(Arrival::remove);
    slots.forEach(slot -> slot.sum.close());
    buckets.forEach(bucket -> bucket.flat.close());
    present.close();
  }
}
