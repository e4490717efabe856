package io.lorgnette.cli;

import io.lorgnette.distributed.GroupSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The same command line in several processes of this machine, which form a group. Process 0 speaks
 * on this one's streams; of the others only the one that fails first is heard.
 */
final class LocalProcesses {

  /** Set for the processes that are started: the one that starts them. */
  private static final String PARENT = "LORGNETTE_PARENT";

  /** After the group's time-out, for processes to end by themselves. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private static final long LOOK_MILLIS = 50;

  /** Gloo writes a line of its own to standard output, where results go. */
  private static final String GLOO = "[Gloo]";

  private final Console console;
  private final List<String> arguments;
  private final int count;
  private final Duration timeout;
  private final List<Child> children = new CopyOnWriteArrayList<>();

  /**
   * Processes, not yet started.
   *
   * @param arguments of the command line
   * @param timeout of the group
   */
  LocalProcesses(Console console, List<String> arguments, int count, Duration timeout) {
    this.console = console;
    this.arguments = arguments;
    this.count = count;
    this.timeout = timeout;
  }

  /** Whether this process was started by another one, which passes signals on. */
  static boolean isChild(Map<String, String> environment) {
    return environment.containsKey(PARENT);
  }

  /** Does something once the process that started this one is gone; nothing where none did. */
  static void afterParent(Map<String, String> environment, Runnable action) {
    if (isChild(environment)) {
      Optional<ProcessHandle> parent = ProcessHandle.of(Long.parseLong(environment.get(PARENT)));
      if (parent.isPresent()) {
        CompletableFuture<Void> unused = parent.get().onExit().thenRun(action);
      } else {
        action.run();
      }
    }
  }

  /** What a process writes is read by threads of ours. */
  private record Child(int rank, Process process, List<String> errors, List<Thread> readers) {}

  /**
   * Starts the processes and waits for all of them.
   *
   * @return the exit code: 0, or that of the process that failed first
   */
  int run() {
    try (Interrupt interrupt = new Interrupt(this::stop)) {
      int port = freePort();
      for (int rank = 0; rank < count; rank++) {
        children.add(start(rank, port));
      }
      if (interrupt.requested()) {
        stop(); // those that were started in between
      }
      Optional<Child> failed = await();
      for (Child child : children) {
        for (Thread reader : child.readers()) {
          reader.join();
        }
      }
      return failed.map(this::report).orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException("can not start processes: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for processes", e);
    } finally {
      children.forEach(child -> child.process().destroyForcibly());
    }
  }

  private void stop() {
    // The process' own destroy would close the streams on which it says its last words.
    children.forEach(child -> child.process().toHandle().destroy());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Child start(int rank, int port) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command());
    String number = Integer.toString(rank);
    String all = Integer.toString(count);
    String threads = Integer.toString(threads());
    Map<String, String> environment = builder.environment();
    environment.put(GroupSettings.RANK, number);
    environment.put(GroupSettings.LOCAL_RANK, number);
    environment.put(GroupSettings.WORLD_SIZE, all);
    environment.put(GroupSettings.LOCAL_WORLD_SIZE, all);
    environment.put(GroupSettings.MASTER_ADDR, "127.0.0.1");
    environment.put(GroupSettings.MASTER_PORT, Integer.toString(port));
    environment.put("OMP_NUM_THREADS", threads);
    environment.put("OPENBLAS_NUM_THREADS", threads);
    // A lost process is one sentence of ours, not a page of libtorch's.
    environment.putIfAbsent("TORCH_CPP_LOG_LEVEL", "FATAL");
    environment.put(PARENT, Long.toString(ProcessHandle.current().pid()));
    boolean speaks = rank == 0;
    builder.redirectOutput(speaks ? Redirect.PIPE : Redirect.DISCARD);
    // A progress bar needs the terminal itself.
    boolean terminal = speaks && Terminal.interactive();
    builder.redirectError(terminal ? Redirect.INHERIT : Redirect.PIPE);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> errors = Collections.synchronizedList(new ArrayList<>());
    List<Thread> readers = new ArrayList<>();
    if (speaks) {
      readers.add(read(process.getInputStream(), this::result));
    }
    if (!terminal) {
      readers.add(read(process.getErrorStream(), speaks ? this::remark : errors::add));
    }
    return new Child(rank, process, errors, readers);
  }

  /** This virtual machine again, with its options but for those of debuggers. */
  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.matches("-(agentlib|agentpath|javaagent|Xrun).*"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Of each process: its share of what this one would have. */
  private int threads() {
    int asked = EngineOptions.threads(System.getenv());
    int all = asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    return Math.max(1, all / count);
  }

  private void result(String line) {
    if (!line.startsWith(GLOO)) {
      console.result(line);
    }
  }

  private void remark(String line) {
    console.err().println(line);
    console.err().flush();
  }

  private static Thread read(InputStream stream, Consumer<String> lines) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                  lines.accept(line);
                }
              } catch (IOException e) {
                lines.accept("(what follows is lost: " + e.getMessage() + ")");
              }
            },
            "lorgnette-process-reader");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits until all have ended; the one that failed first. */
  private Optional<Child> await() throws InterruptedException {
    Optional<Child> failed = Optional.empty();
    long limit = Long.MAX_VALUE;
    while (children.stream().anyMatch(child -> child.process().isAlive())) {
      Thread.sleep(LOOK_MILLIS);
      if (failed.isEmpty()) {
        failed = failed();
        if (failed.isPresent()) {
          limit = System.currentTimeMillis() + timeout.plus(GRACE).toMillis();
        }
      }
      if (System.currentTimeMillis() > limit) {
        children.forEach(child -> child.process().destroyForcibly());
      }
    }
    return failed.isPresent() ? failed : failed();
  }

  /** One that has failed; of several at once one that was killed, for that is the cause. */
  private Optional<Child> failed() {
    List<Child> all =
        children.stream()
            .filter(child -> !child.process().isAlive() && child.process().exitValue() != 0)
            .toList();
    return all.stream()
        .filter(child -> !known(child.process().exitValue()))
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  private static boolean known(int code) {
    return code == Failures.FAILED || code == Failures.WRONG_USE || code == Failures.INTERRUPTED;
  }

  private int report(Child failed) {
    int code = failed.process().exitValue();
    failed.errors().forEach(line -> remark("[" + failed.rank() + "] " + line));
    if (known(code)) {
      return code;
    }
    remark(
        "lorgnette: process "
            + failed.rank()
            + " of "
            + count
            + " was ended from outside or has run out of memory (exit code "
            + code
            + "); the newest checkpoint is whole: go on with --resume, with any number of processes");
    return Failures.FAILED;
  }
}
