package io.lorgnette.pocket;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The language models that are here, by the names that users give. */
public enum EmbeddedLanguage {

  /** The default: it has read captions and questions. */
  POCKET("pocket", "pocket-lm"),

  /** It has read no caption and no question. */
  PLAIN("pocket-plain", "pocket-lm-plain"),

  /** An encoder-decoder. */
  SEQ2SEQ("pocket-seq2seq", "pocket-seq2seq");

  private final String title;
  private final String recipe;

  EmbeddedLanguage(String title, String recipe) {
    this.title = title;
    this.recipe = recipe;
  }

  /** The one of a name, whatever folders there are. */
  public static Optional<EmbeddedLanguage> of(String name) {
    return Arrays.stream(values()).filter(one -> one.title.equals(name)).findFirst();
  }

  /** Where its files are. */
  public Path folder() {
    return switch (this) {
      case POCKET -> Pocket.languageModel();
      case PLAIN -> Pocket.plainLanguageModel();
      case SEQ2SEQ -> Pocket.encoderDecoder();
    };
  }

  /** The recipe it was trained by, a resource of the command line. */
  public String recipe() {
    return "recipes/" + recipe + ".yaml";
  }
}
