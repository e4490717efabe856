package io.lorgnette.distributed;

/**
 * Processes that work together have lost one of them: it has ended, can not be reached or did not
 * come in time. The message is one sentence for the user.
 */
public final class LostProcessException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public LostProcessException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same with what the user can do. */
  public LostProcessException with(String advice) {
    return new LostProcessException(getMessage() + "; " + advice, this);
  }
}
