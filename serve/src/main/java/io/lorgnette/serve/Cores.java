package io.lorgnette.serve;

import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Numerics;

/**
 * Divides the native threads of an operation between the two threads that compute: each has all of
 * them while the other one rests, else half. Safe for use by both.
 */
final class Cores {

  private final Numerics numerics; // or null to leave the machine as it is set
  private final int threads;
  private volatile boolean seeing;
  private volatile boolean writing;

  Cores(Numerics numerics) {
    this.numerics = numerics;
    this.threads = numerics == null ? Engine.threads() : numerics.threads();
  }

  /** Sets up the calling thread, which will compute. */
  void enter() {
    if (numerics != null) {
      numerics.apply();
    }
  }

  /** The calling thread begins to look at pictures, or has ended. */
  void see(boolean now) {
    seeing = now;
    if (now) {
      take(writing);
    }
  }

  /** The calling thread goes on with answers, or has none. */
  void write(boolean now) {
    writing = now;
    if (now) {
      take(seeing);
    }
  }

  private void take(boolean shared) {
    int own = shared ? Math.max(1, threads / 2) : threads;
    if (threads > 1 && Engine.threads() != own) {
      Engine.threads(own);
    }
  }
}
