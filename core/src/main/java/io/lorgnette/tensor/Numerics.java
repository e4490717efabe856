package io.lorgnette.tensor;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where and in which number format the heavy work of a run is done, and by which kernels: what two
 * runs must share to give the same bits.
 *
 * @param format of frozen weights and activations; trained weights stay in F32
 * @param threads of one native operation or, in training and evaluation on a CPU, {@link Workers}
 * @param kernels processor and instruction set that decide which native code runs
 * @since 0.1
 */
public record Numerics(Device device, Dtype format, int threads, String kernels) {

  /** What a user asks for: a format, or the one that measures fastest. */
  public enum Format {
    AUTO,
    F32,
    BF16
  }

  private static final int SIZE = 1024;
  private static final long BUDGET_NANOS = 60_000_000;

  /**
   * Chooses by measuring matrix products of the size of a small model's on this machine now: the
   * same processor family has been seen with bf16 three times as fast as fp32, and with half the
   * speed. Takes about a quarter of a second.
   *
   * @param threads 0 to choose between one and all cores
   * @throws InputException if the device is not there
   */
  public static Numerics choose(Device device, Format format, int threads) {
    return choose(device, format, threads, false);
  }

  /**
   * As {@link #choose}, for training and evaluation: threads are measured side by side, each with
   * products of its own, since so many parts of a batch are worked on at once.
   *
   * @param threads 0 to choose between one and all cores
   * @throws InputException if the device is not there
   */
  public static Numerics chooseSideBySide(Device device, Format format, int threads) {
    return choose(device, format, threads, device == Device.CPU);
  }

  private static Numerics choose(Device device, Format format, int threads, boolean sideBySide) {
    device.require();
    int cores = Runtime.getRuntime().availableProcessors();
    int before = Engine.threads();
    int[] threadChoices =
        threads > 0 ? new int[] {threads} : cores == 1 ? new int[] {1} : new int[] {1, cores};
    Dtype[] formats =
        switch (format) {
          case AUTO -> new Dtype[] {Dtype.F32, Dtype.BF16};
          case F32 -> new Dtype[] {Dtype.F32};
          case BF16 -> new Dtype[] {Dtype.BF16};
        };
    Numerics best = null;
    double bestRate = 0;
    for (int choice : threadChoices) {
      Engine.threads(sideBySide ? 1 : choice);
      for (Dtype dtype : formats) {
        boolean only = formats.length == 1 && threadChoices.length == 1;
        double rate = only ? 1 : sideBySide ? rate(device, dtype, choice) : rate(device, dtype);
        // A narrower format or a second thread must earn its place.
        if (rate > bestRate * 1.1) {
          bestRate = rate;
          best = new Numerics(device, dtype, choice, kernelsOf(device));
        }
      }
    }
    Engine.threads(before);
    return best;
  }

  /** Multiplications and additions a second of one matrix product after another. */
  public static double rate(Device device, Dtype dtype) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor x = Tensors.zeros(dtype, device, SIZE / 2, SIZE);
      Tensor w = Tensors.zeros(dtype, device, SIZE, SIZE);
      product(x, w); // loads kernels
      long start = System.nanoTime();
      long rounds = 0;
      while (System.nanoTime() - start < BUDGET_NANOS) {
        product(x, w);
        rounds++;
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      return (double) rounds * SIZE * SIZE * SIZE / seconds;
    }
  }

  /** The sum of the rates of several threads at once. */
  private static double rate(Device device, Dtype dtype, int threads) {
    try (Workers workers = new Workers(threads)) {
      Callable<Double> one = () -> rate(device, dtype);
      return workers.all(Collections.nCopies(threads, one)).stream()
          .mapToDouble(Double::doubleValue)
          .sum();
    }
  }

  private static void product(Tensor x, Tensor w) {
    try (Scope scope = Scope.open()) {
      Tensor y = torch.linear(x, w);
      // Reading one value waits for the device.
      y.select(0, 0).select(0, 0).item();
    }
  }

  /** Parts of a batch, or batches, that are worked on side by side. */
  public int parts() {
    return device == Device.CPU ? threads : 1;
  }

  private static String kernelsOf(Device device) {
    if (device == Device.CUDA) {
      return "cuda";
    }
    String capability = torch.get_cpu_capability().getString();
    String core = System.getenv("OPENBLAS_CORETYPE");
    return processor() + ", " + capability + (core == null ? "" : ", openblas " + core);
  }

  /** The model of the processor, as the operating system tells it. */
  public static String processor() {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.isReadable(info)) {
      try (Stream<String> lines = Files.lines(info, StandardCharsets.UTF_8)) {
        String model =
            lines
                .filter(line -> line.startsWith("model name") || line.startsWith("model\t"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .limit(2)
                .reduce((a, b) -> a + " / " + b)
                .orElse("");
        if (!model.isEmpty()) {
          return model;
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        return System.getProperty("os.arch");
      }
    }
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }

  /** Puts the choice into force for this process. */
  public void apply() {
    device.require();
    Engine.threads(threads);
  }

  /**
   * Checks that this machine can give the same bits as the one that a run was started on.
   *
   * @param here what this machine would choose
   * @throws InputException saying what differs
   */
  public void requireSame(Numerics here) {
    if (device != here.device || !kernels.equals(here.kernels)) {
      throw new InputException(
          "the run was started on "
              + device
              + " ("
              + kernels
              + ") and this machine is "
              + here.device
              + " ("
              + here.kernels
              + "): its results may differ in the last bits; resume there, or add"
              + " --accept-different-numerics");
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %s, %d thread%s",
        device,
        format.name().toLowerCase(Locale.ROOT),
        threads,
        threads == 1 ? "" : "s");
  }
}
