package io.lorgnette.train;

/** A loss became infinite or not a number; the message names the step and the first bad tensor. */
public final class NonFiniteLossException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public NonFiniteLossException(String message) {
    super(message);
  }
}
