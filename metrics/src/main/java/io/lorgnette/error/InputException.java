package io.lorgnette.error;

/**
 * Something that came from outside (an image, an annotation file, a checkpoint, a recipe, a
 * request) can not be used.
 *
 * <p>The message is one sentence for people: which file and place, what is wrong, what was
 * expected, what to do. The command line prints it alone and exits with 2; nothing has been
 * half-written when it is thrown.
 *
 * @since 0.1
 */
public final class InputException extends RuntimeException {

  public InputException(String message) {
    super(message);
  }

  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
