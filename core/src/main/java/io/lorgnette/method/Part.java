package io.lorgnette.method;

/**
 * One box of a method's figure.
 *
 * @param role what it does
 * @param name which one it is
 * @param trained whether its weights change in training
 * @param parameters how many values it has
 */
public record Part(Role role, String name, boolean trained, long parameters) {

  /** What a part does. */
  public enum Role {
    VISION_ENCODER("vision encoder"),
    MAPPER("mapping network"),
    LANGUAGE_MODEL("language model");

    private final String title;

    Role(String title) {
      this.title = title;
    }

    @Override
    public String toString() {
      return title;
    }
  }
}
