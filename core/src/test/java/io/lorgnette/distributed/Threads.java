package io.lorgnette.distributed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Real groups over the loopback network whose processes are threads of the test. */
public final class Threads {

  /** Long enough for a machine that others keep busy. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private Threads() {}

  /** Work of one process. */
  public interface Work<T> {
    T with(ProcessGroup group) throws Exception;
  }

  /** A port that nobody has. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What each process comes to. */
  public static <T> List<T> group(int size, Duration timeout, Work<T> work) throws Exception {
    int port = freePort();
    return group(size, i -> new GroupSettings(i, size, "127.0.0.1", port, timeout), work);
  }

  /** What each process of a group with other settings comes to. */
  static <T> List<T> group(int size, IntFunction<GroupSettings> each, Work<T> work)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        GroupSettings settings = each.apply(i);
        running.add(
            threads.submit(
                () -> {
                  try (ProcessGroup group = ProcessGroup.join(settings)) {
                    return work.with(group);
                  }
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error failed) {
        throw failed;
      }
      throw e.getCause() instanceof Exception known ? known : e;
    } finally {
      threads.shutdownNow();
    }
  }
}
