package io.lorgnette.spark.model;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.io.Serializable;
import org.apache.spark.TaskContext;

/**
 * What every executor computes with. It is named, not measured, so that all give the same.
 *
 * @param format of the language model: F32 or BF16
 */
public record Computing(Device device, Dtype format) implements Serializable {

  /** F32 on the processor. */
  public static final Computing DEFAULT = new Computing(Device.CPU, Dtype.F32);

  public Computing {
    if (format != Dtype.F32 && format != Dtype.BF16) {
      throw new InputException("models compute in f32 or bf16, not " + format);
    }
  }

  /**
   * Native threads of one operation: the processors of one task, so that the tasks of an executor
   * together use no more than it has ({@code spark.executor.cores}, divided by {@code
   * spark.task.cpus}).
   */
  static int threads() {
    TaskContext task = TaskContext.get();
    return task == null ? 1 : Math.max(1, task.cpus());
  }

  /** Sets the threads of this executor and checks that the device is there. */
  Numerics apply() {
    Numerics.Format asked = format == Dtype.F32 ? Numerics.Format.F32 : Numerics.Format.BF16;
    Numerics numerics = Numerics.choose(device, asked, threads());
    numerics.apply();
    return numerics;
  }
}
