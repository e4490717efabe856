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

  /** What a part does. The order is that of the line from image to text. */
  public enum Role {
    VISION_ENCODER("vision encoder"),
    MAPPER("mapping network"),
    ADAPTERS("adapters in the language model"),
    CROSS_ATTENTION("cross-attention in the language model"),
    LOW_RANK("low-rank updates of the language model"),
    WORDS("new words"),
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
