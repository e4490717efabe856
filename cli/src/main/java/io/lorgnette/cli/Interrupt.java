package io.lorgnette.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ctrl-C while something runs that can stop in good order: the first asks it to, the second ends
 * the process at once. A request to terminate (SIGTERM) counts as the first.
 *
 * <p>Where one is watched inside another, as a step of a table is, the inner one is told and the
 * outer one is asked too: work that ends before it looks again has not swallowed the request.
 */
final class Interrupt implements AutoCloseable {

  /** The innermost that watches; signals belong to the process. */
  private static final AtomicReference<Interrupt> INNERMOST = new AtomicReference<>();

  private final AtomicBoolean requested = new AtomicBoolean();
  private final Interrupt outer; // null for none
  private final Deadline deadline;
  private final Runnable announce;
  private final Object oldInterrupt;
  private final Object oldTerminate;

  /**
   * Watches until closed.
   *
   * @param announce told once, at the first request, on another thread
   */
  Interrupt(Runnable announce) {
    this(announce, Deadline.NEVER);
  }

  /**
   * Watches until closed, and asks to stop by itself when time is up.
   *
   * @param announce told once, at the first request, on another thread
   */
  Interrupt(Runnable announce, Deadline deadline) {
    this.deadline = deadline;
    this.announce = announce;
    this.outer = INNERMOST.getAndSet(this);
    // What was asked while this was being prepared holds for it.
    requested.set(outer != null && outer.pressed());
    // A terminal sends Ctrl-C to the processes that this program starts, too: they wait for its
    // word.
    boolean waits = LocalProcesses.isChild(System.getenv());
    oldInterrupt = Signals.handle("INT", waits ? () -> {} : this::request);
    oldTerminate = Signals.handle("TERM", this::request);
  }

  /** Whether somebody has asked to stop, or time is up. */
  boolean requested() {
    return requested.get() || deadline.passed();
  }

  /** Whether somebody has asked to stop. */
  boolean pressed() {
    return requested.get();
  }

  void request() {
    if (requested.getAndSet(true)) {
      // An exit of the program's own would pull libtorch down under the threads that compute.
      Signals.raiseUnhandled("INT");
      Runtime.getRuntime().halt(Failures.INTERRUPTED);
    }
    for (Interrupt around = outer; around != null; around = around.outer) {
      around.requested.set(true);
    }
    announce.run();
  }

  @Override
  public void close() {
    INNERMOST.set(outer);
    Signals.restore("INT", oldInterrupt);
    Signals.restore("TERM", oldTerminate);
  }

  /**
   * The JDK's signals by reflection: they are in a module that every JDK has (jdk.unsupported), but
   * a compiler that warns of nothing else warns of them without a way to say that it is meant.
   */
  private static final class Signals {

    static Object handle(String name, Runnable action) {
      InvocationHandler handler =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> name;
              };
      try {
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        return set(
            name,
            Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {type}, handler));
      } catch (ClassNotFoundException e) {
        return null; // a JDK without signals: Ctrl-C ends the process
      }
    }

    static void restore(String name, Object handler) {
      if (handler != null) {
        set(name, handler);
      }
    }

    /** Ends the process as an unwatched signal does, where there are signals. */
    static void raiseUnhandled(String name) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Object which = signal.getConstructor(String.class).newInstance(name);
        set(name, Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
        signal.getMethod("raise", signal).invoke(null, which);
      } catch (ReflectiveOperationException e) {
        // No signals: the caller has another way.
      }
    }

    private static Object set(String name, Object handler) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Object which = signal.getConstructor(String.class).newInstance(name);
        return signal
            .getMethod("handle", signal, Class.forName("sun.misc.SignalHandler"))
            .invoke(null, which, handler);
      } catch (ReflectiveOperationException e) {
        return null; // the signal is reserved, by a debugger for instance
      }
    }
  }
}
