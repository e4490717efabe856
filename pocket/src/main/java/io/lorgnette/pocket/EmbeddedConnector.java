package io.lorgnette.pocket;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The connectors that are here, by the names that users give. */
public enum EmbeddedConnector {

  /** For captions: it has learned captions alone, at last its own by their reward. */
  CAPTIONS("captions", "mapl-flickr8k-cider"),

  /** For questions: it goes on from the other. */
  ANSWERS("answers", "mapl-answers-all");

  private final String file;
  private final String recipe;

  EmbeddedConnector(String file, String recipe) {
    this.file = file;
    this.recipe = recipe;
  }

  /** The one of a name such as {@code pocket-captions}. */
  public static Optional<EmbeddedConnector> of(String name) {
    return Arrays.stream(values()).filter(one -> one.title().equals(name)).findFirst();
  }

  /** The name that users give. */
  public String title() {
    return "pocket-" + file;
  }

  /**
   * Its file.
   *
   * @throws io.lorgnette.error.InputException if the cache folder can not be written
   */
  public Path path() {
    return Pocket.connector(file);
  }

  /** The recipe it was trained by, a resource of the command line. */
  public String recipe() {
    return "recipes/" + recipe + ".yaml";
  }
}
