package io.lorgnette.serve;

import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;

/**
 * A joint space of images and texts under the name that requests call it by. Its parts stay their
 * owner's to close, after the server.
 *
 * @param tokenizer of the texts' tower
 */
public record ServedSpace(String id, DualEncoder towers, Tokenizer tokenizer) {

  public ServedSpace {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a served space needs a name");
    }
  }
}
