package io.lorgnette.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.OperatorHandle;

/** Native operators that the binding has no method for. */
final class Operators {

  private Operators() {}

  /** The operator of a name, which no scope frees, or null where the native build has none. */
  static OperatorHandle find(String name) {
    Engine.start();
    try (Scope scope = Scope.open()) {
      return Scope.release(Dispatcher.singleton().findSchemaOrThrow(name, ""));
    } catch (RuntimeException e) {
      return null;
    }
  }
}
