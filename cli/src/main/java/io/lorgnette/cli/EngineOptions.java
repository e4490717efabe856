package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.BuildInfo;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where and in which number format a command computes. */
final class EngineOptions {

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description =
          "Number format of frozen weights and activations: f32, bf16, or auto for the one that"
              + " measures fastest here (default: ${DEFAULT-VALUE}).")
  private Numerics.Format format;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Native threads; 0 for OMP_NUM_THREADS or, where that is not set, for what measures"
              + " fastest, one or all processors (default: ${DEFAULT-VALUE}).")
  private int threads;

  /**
   * What this machine is to compute with: measured at first, then {@linkplain KnownNumerics known}.
   *
   * @throws InputException if the device is not there
   */
  Numerics choose() {
    int threads = wanted();
    if (threads > 0 && format != Numerics.Format.AUTO) {
      return Numerics.choose(device, format, threads);
    }
    Numerics unmeasured = Numerics.choose(device, Numerics.Format.F32, 1);
    String question =
        String.join(
            ", ",
            "format " + format,
            "threads " + threads,
            "processors " + Runtime.getRuntime().availableProcessors(),
            "" + device,
            unmeasured.kernels(),
            "libtorch " + BuildInfo.read().libtorch());
    return new KnownNumerics(CacheFolder.root().resolve("numerics.json"), Instant.now())
        .choose(question, unmeasured, () -> Numerics.choose(device, format, threads));
  }

  /**
   * Begins to load what computes, beside which a command looks at its input: see {@link
   * Engine#startAhead}.
   */
  void startAhead() {
    Engine.startAhead();
  }

  /**
   * What this machine is to train and evaluate with, parts of the work side by side.
   *
   * @throws InputException if the device is not there
   */
  Numerics chooseSideBySide() {
    return Numerics.chooseSideBySide(device, format, wanted());
  }

  /** The options with which another command computes like this. */
  List<String> arguments(Numerics numerics) {
    return List.of(
        "--device",
        device.name().toLowerCase(Locale.ROOT),
        "--format",
        format == Numerics.Format.AUTO
            ? numerics.format().name().toLowerCase(Locale.ROOT)
            : format.name().toLowerCase(Locale.ROOT),
        "--threads",
        "" + (threads > 0 ? threads : numerics.threads()));
  }

  private int wanted() {
    if (threads < 0) {
      throw new InputException("--threads must be at least 0 but is " + threads);
    }
    return threads > 0 ? threads : threads(System.getenv());
  }

  /**
   * Threads that the environment asks for, as OpenMP and OpenBLAS read it; 0 for none. What is not
   * a number is passed over, as OpenMP does.
   */
  static int threads(Map<String, String> environment) {
    for (String variable : List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      // OpenMP allows a list, for nested regions.
      String first = environment.getOrDefault(variable, "").split(",", 2)[0].strip();
      if (first.matches("[1-9]\\d{0,3}")) {
        return Integer.parseInt(first);
      }
    }
    return 0;
  }

  /**
   * What a resumed run is to go on with: format and threads that it has, kernels of this machine.
   *
   * @param acceptDifferent whether other kernels, or a format and threads that the options ask for,
   *     will do
   * @throws InputException if anything differs and that was not accepted
   */
  Numerics resume(Numerics recorded, boolean acceptDifferent) {
    Numerics.Format same = Numerics.Format.valueOf(recorded.format().name());
    if (acceptDifferent) {
      return Numerics.choose(
          device,
          format == Numerics.Format.AUTO ? same : format,
          threads == 0 ? recorded.threads() : threads);
    }
    requireUnset(same, recorded);
    Numerics here = Numerics.choose(recorded.device(), same, recorded.threads());
    recorded.requireSame(here);
    return here;
  }

  private void requireUnset(Numerics.Format same, Numerics recorded) {
    if (format != Numerics.Format.AUTO && format != same) {
      throw other("--format", format.name().toLowerCase(Locale.ROOT), recorded.format());
    }
    if (threads != 0 && threads != recorded.threads()) {
      throw other("--threads", threads, recorded.threads());
    }
  }

  private static InputException other(String option, Object asked, Object recorded) {
    String has =
        recorded instanceof Dtype dtype ? dtype.name().toLowerCase(Locale.ROOT) : "" + recorded;
    return new InputException(
        option
            + " "
            + asked
            + " differs from the run's "
            + has
            + ", with which it ends in the same bits; leave the option out, or add"
            + " --accept-different-numerics");
  }
}
