package io.lorgnette.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Owner of the native memory that one step, layer or request makes on this thread.
 *
 * <p>Every native object created while the scope is open is freed when it closes, but for what was
 * {@linkplain #keep kept}. Scopes nest; a scope belongs to the thread that opened it and is not
 * safe for use from others.
 */
public final class Scope implements AutoCloseable {

  private final PointerScope enclosing;
  private final PointerScope pointers;

  private Scope() {
    Engine.start();
    enclosing = PointerScope.getInnerScope();
    pointers = new PointerScope();
  }

  /** Opens a scope inside the one that is open on this thread, if any. */
  public static Scope open() {
    return new Scope();
  }

  /**
   * Hands a native object to the enclosing scope, so that it survives this one. Without an
   * enclosing scope the caller owns it and closes it.
   *
   * @return the same object
   */
  public <P extends Pointer> P keep(P pointer) {
    // Detaching drops the scope's reference, which would be the last one.
    pointer.retainReference();
    pointers.detach(pointer);
    if (enclosing != null) {
      enclosing.attach(pointer);
      pointer.releaseReference();
    }
    return pointer;
  }

  /**
   * Takes a native object out of every scope: the caller owns it and closes it. For weights and
   * caches that live as long as a model.
   *
   * @return the same object
   */
  public static <P extends Pointer> P release(P pointer) {
    PointerScope inner = PointerScope.getInnerScope();
    if (inner != null) {
      pointer.retainReference();
      inner.detach(pointer);
    }
    return pointer;
  }

  @Override
  public void close() {
    pointers.close();
  }
}
