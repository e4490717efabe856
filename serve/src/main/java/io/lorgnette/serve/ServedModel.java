package io.lorgnette.serve;

import io.lorgnette.VisionLanguageModel;

/**
 * A model under the name that requests call it by. It stays its owner's to close, after the server.
 */
public record ServedModel(String id, VisionLanguageModel model) {

  public ServedModel {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a served model needs a name");
    }
  }
}
