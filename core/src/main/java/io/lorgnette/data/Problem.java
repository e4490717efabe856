package io.lorgnette.data;

/**
 * One thing in a data set that was left out.
 *
 * @param dataset the data set's name
 * @param kind what sort of problem
 * @param place file and line or record, or the image
 * @param sentence what is wrong, for people
 */
public record Problem(String dataset, Kind kind, String place, String sentence) {

  /** Sorts of problems, counted apart. */
  public enum Kind {
    /** A line or a JSON record that does not say what its format asks for. */
    BROKEN_RECORD("broken lines or records"),
    /** A caption or question about an image that the annotation file does not have. */
    UNKNOWN_IMAGE("texts about unknown images"),
    /** An image that the annotation file has and the images do not. */
    MISSING_IMAGE("missing images"),
    /** An image that can not be decoded. */
    BROKEN_IMAGE("broken images"),
    /** A second record with an id that was there before. */
    DUPLICATE("duplicate ids"),
    /** A caption without words, or an image without any text. */
    NO_TEXT("images or captions without text");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** What is counted, in the plural. */
    public String words() {
      return words;
    }
  }

  @Override
  public String toString() {
    return place + ": " + sentence;
  }
}
