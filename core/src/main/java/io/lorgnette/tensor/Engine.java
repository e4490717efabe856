package io.lorgnette.tensor;

import io.lorgnette.error.InputException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch once and holds its process-wide settings. Thread-safe. */
public final class Engine {

  private static final class Holder {
    // Loading fails once and for all; each use reports it with a fresh exception around this one.
    @SuppressWarnings("StaticAssignmentOfThrowable")
    static final Throwable FAILURE = load();

    private static Throwable load() {
      try {
        // The binding would ask the system for the process' memory at each tensor: 15 % of the
        // time of a token. Memory is bounded by scopes and asked for before weights are read.
        System.setProperty(
            "org.bytedeco.javacpp.maxPhysicalBytes",
            System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0"));
        Loader.load(torch.class);
        return null;
      } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
        return e;
      }
    }
  }

  private Engine() {}

  /**
   * Loads the native library; later calls do nothing.
   *
   * @throws InputException if there is no build for this platform
   */
  public static void start() {
    if (Holder.FAILURE != null) {
      throw new InputException(
          "libtorch can not be loaded on "
              + Loader.getPlatform()
              + ": builds exist for Linux x86-64, macOS arm64 and x86-64, and Windows x86-64;"
              + " run Lorgnette on one of these ("
              + firstLine(Holder.FAILURE)
              + ")",
          Holder.FAILURE);
    }
  }

  /**
   * Begins to load the native library on a thread of its own, which takes most of a second, while
   * the caller does what needs none; {@link #start} then waits for it. A process that ends before
   * waits too: native code must not be taken down while it is being loaded.
   */
  public static void startAhead() {
    Thread loading = new Thread(Engine::loads, "lorgnette-engine");
    loading.setDaemon(true);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> join(loading), "lorgnette-end"));
    loading.start();
  }

  private static boolean loads() {
    return Holder.FAILURE == null;
  }

  private static void join(Thread loading) {
    try {
      loading.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Native threads used by one operation. */
  public static int threads() {
    start();
    return torch.get_num_threads();
  }

  /**
   * Sets the native threads of one operation, for the whole process. OpenBLAS would keep threads of
   * its own beside those of libtorch, which wait for work by turning in circles: on a machine's
   * last processors the ones then hold up the others (measured: ten times slower). So it gets one
   * wherever oneDNN is there to multiply F32 matrices instead.
   */
  public static void threads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1 but was " + threads);
    }
    start();
    torch.set_num_threads(threads);
    openblas_nolapack.blas_set_num_threads(OneDnn.get() == null ? threads : 1);
  }

  /**
   * Seeds the process' native random numbers, on every device; what is trained draws from streams
   * of its own.
   */
  public static void seed(long seed) {
    start();
    torch.manual_seed(seed);
  }

  /** The first line of a native failure; the rest are C++ frames that help no user. */
  public static String firstLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
