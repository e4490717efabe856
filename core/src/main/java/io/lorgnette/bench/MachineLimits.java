package io.lorgnette.bench;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Int8;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.tensor.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The most that was seen of this machine: the best of several short measurements, since other work
 * can only make them worse.
 *
 * @param threads that worked side by side, each on products or memory of its own
 * @param f32 operations a second (a multiplication or an addition is one) of matrix products
 * @param bf16 the same in bf16
 * @param int8 the same of 8-bit integers added up in 32 bits; 0 where the native build has none
 * @param bandwidth bytes a second, read from a buffer larger than the caches
 */
public record MachineLimits(int threads, double f32, double bf16, double int8, double bandwidth) {

  private static final int TRIES = 5;
  private static final int SIZE = 1024;
  private static final int PRODUCTS = 12;
  private static final long BUFFER = 64L << 20; // floats of each thread: 256 MiB
  private static final int READS = 2;

  /** Measures for a few seconds. */
  public static MachineLimits measure(int threads) {
    try (Workers workers = new Workers(threads)) {
      double products = 2.0 * SIZE * SIZE * SIZE * PRODUCTS * threads;
      return new MachineLimits(
          threads,
          products / best(workers, () -> product(Dtype.F32)),
          products / best(workers, () -> product(Dtype.BF16)),
          Int8.adds() ? products / best(workers, MachineLimits::product8) : 0,
          4.0 * BUFFER * READS * threads / best(workers, MachineLimits::read));
    }
  }

  /** Of the formats a model can compute in. */
  public double fastest() {
    return Math.max(f32, bf16);
  }

  /** The rate of matrix products in a format. */
  public double rate(Dtype format) {
    return format == Dtype.BF16 ? bf16 : f32;
  }

  /** Work of one thread, prepared before the clock starts and closed after. */
  private interface Prepared extends AutoCloseable {
    void run();

    @Override
    void close();
  }

  /** The shortest time, in seconds, in which all threads do theirs. */
  private static double best(Workers workers, Supplier<Prepared> work) {
    List<Prepared> all = new ArrayList<>();
    try {
      for (int i = 0; i < workers.count(); i++) {
        all.add(work.get());
      }
      List<Callable<Void>> calls = all.stream().map(MachineLimits::call).toList();
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i <= TRIES; i++) { // the first one warms up, and counts if it is the best
        long start = System.nanoTime();
        workers.all(calls);
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      return best;
    } finally {
      all.forEach(Prepared::close);
    }
  }

  private static Callable<Void> call(Prepared work) {
    return () -> {
      work.run();
      return null;
    };
  }

  private static Prepared product(Dtype format) {
    OneDnn fast = format == Dtype.F32 ? OneDnn.get() : null;
    return new OnTensors(
        () -> List.of(zeros(format, SIZE, SIZE), zeros(format, SIZE, SIZE)),
        PRODUCTS,
        t ->
            fast == null
                ? torch.linear(t.get(0), t.get(1))
                : fast.linear(t.get(0), t.get(1), null));
  }

  private static Prepared product8() {
    return new OnTensors(
        () -> List.of(zeros(Dtype.I8, SIZE, SIZE), zeros(Dtype.I8, SIZE, SIZE)),
        PRODUCTS,
        t -> Int8.sums(t.get(0), t.get(1)));
  }

  private static Prepared read() {
    return new OnTensors(() -> List.of(zeros(Dtype.F32, BUFFER)), READS, t -> t.get(0).sum());
  }

  private static Tensor zeros(Dtype format, long... shape) {
    // Written to, or the pages of memory would not be there yet.
    return Tensors.zeros(format, Device.CPU, shape).fill_(new Scalar(0));
  }

  /** The same operation on the same tensors, so many times. */
  private static final class OnTensors implements Prepared {

    private interface Operation {
      Tensor of(List<Tensor> tensors);
    }

    private final List<Tensor> tensors;
    private final int rounds;
    private final Operation operation;

    OnTensors(Supplier<List<Tensor>> make, int rounds, Operation operation) {
      this.rounds = rounds;
      this.operation = operation;
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        tensors = make.get().stream().map(Scope::release).toList();
      }
    }

    @Override
    public void run() {
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        for (int i = 0; i < rounds; i++) {
          try (Scope scope = Scope.open()) {
            operation.of(tensors);
          }
        }
      }
    }

    @Override
    public void close() {
      tensors.forEach(Tensor::close);
    }
  }
}
