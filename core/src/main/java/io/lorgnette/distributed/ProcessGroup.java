package io.lorgnette.distributed;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Processes that do the same work on their own shares of the data, counted from 0. All of them call
 * the same methods in the same order; each call waits for the others. Every process gets the same
 * bits. A group belongs to one thread, but for {@link #startSum}, which any thread may call as long
 * as the order is kept.
 *
 * <p>Tensors may be on any device and of any format; they travel through the memory of the host.
 */
public interface ProcessGroup extends AutoCloseable {

  /** A process alone: nothing is done and nothing waited for. */
  static ProcessGroup alone() {
    return Alone.GROUP;
  }

  /**
   * Meets the other processes.
   *
   * @throws LostProcessException if they do not come in time
   * @throws io.lorgnette.error.InputException if process 0 can not listen where it is to
   */
  static ProcessGroup join(GroupSettings settings) {
    return new GlooGroup(settings);
  }

  /** Which one this is, from 0. */
  int rank();

  /** How many there are. */
  int size();

  /** Whether this is the process that writes files and speaks for the others. */
  default boolean speaks() {
    return rank() == 0;
  }

  /** A sum that is under way. */
  @FunctionalInterface
  interface Pending {

    /**
     * Waits for the sum.
     *
     * @throws LostProcessException if a process is lost
     */
    void await();
  }

  /**
   * Starts to replace a tensor by its sum over all processes; it must not be touched until then.
   *
   * @param tensor contiguous, in F32, on the CPU
   */
  Pending startSum(Tensor tensor);

  /** Replaces a tensor by its sum over all processes. */
  void sum(Tensor tensor);

  /** Replaces a tensor by that of process 0. */
  void copyFirst(Tensor tensor);

  /** The rows of all processes in their order, {@code [B, ...] -> [size * B, ...]}. */
  Tensor gather(Tensor own);

  /** The text of process 0. */
  String first(String own);

  /**
   * Adds up named values over the processes, in their order. A name may be missing from some.
   *
   * @return the sums, in the order in which the names are first found
   */
  Map<String, Double> sums(Map<String, Double> own);

  /** Whether it is so for any process. */
  boolean any(boolean own);

  /** What the processes show each other of their batches. */
  Gathering gathering();

  /** Leaves the group. */
  @Override
  void close();
}
