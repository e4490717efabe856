package io.lorgnette.image;

/**
 * Another look at a photo, for training: a rectangle of it that is stretched to a square, perhaps
 * mirrored.
 *
 * <p>Margins are counted in parts of the photo's own edges, so a view says the same of a photo at
 * any size; a view and its {@link #number} are the same thing.
 *
 * @param left margin that is cut off, in 128ths of the width
 * @param top margin in 128ths of the height
 * @param right margin in 128ths of the width; something must remain between it and the left one
 * @param bottom margin in 128ths of the height
 * @param mirrored left and right exchanged
 */
public record View(int left, int top, int right, int bottom, boolean mirrored) {

  /** The photo as it is. */
  public static final View PLAIN = new View(0, 0, 0, 0, false);

  /** Into how many parts an edge is divided. */
  public static final int PARTS = 128;

  private static final int BITS = 7;

  /**
   * Checks the margins.
   *
   * @throws IllegalArgumentException if they are negative or leave nothing
   */
  public View {
    boolean fits = Math.min(Math.min(left, top), Math.min(right, bottom)) >= 0;
    if (!fits || left + right >= PARTS || top + bottom >= PARTS) {
      throw new IllegalArgumentException(
          "margins must not be negative and leave something of " + PARTS + " parts");
    }
  }

  /**
   * The view of a number.
   *
   * @throws IllegalArgumentException if no view has it
   */
  public static View of(int number) {
    int mask = PARTS - 1;
    View view =
        new View(
            (number >> 1) & mask,
            (number >> (1 + BITS)) & mask,
            (number >> (1 + 2 * BITS)) & mask,
            (number >> (1 + 3 * BITS)) & mask,
            (number & 1) == 1);
    if (view.number() != number) {
      throw new IllegalArgumentException("no view has the number " + number);
    }
    return view;
  }

  /** All that this view is, in a number of its own that is not negative; 0 is {@link #PLAIN}. */
  public int number() {
    int margins = ((bottom << BITS | right) << BITS | top) << BITS | left;
    return margins << 1 | (mirrored ? 1 : 0);
  }

  /**
   * What is seen of a photo: a square of the given size, resized bicubically, or all of the photo
   * in its own shape where nothing is cut off.
   *
   * @param size in pixels of the square: what the encoder takes, so that nothing is resized twice
   */
  public RgbImage apply(RgbImage photo, int size) {
    RgbImage seen = photo;
    if (left + top + right + bottom > 0) {
      int x = from(left, photo.width());
      int y = from(top, photo.height());
      int width = photo.width() - x - from(right, photo.width());
      int height = photo.height() - y - from(bottom, photo.height());
      seen = Resampler.resize(photo.crop(x, y, width, height), size, size, Filter.BICUBIC);
    }
    return mirrored ? Orientation.MIRROR.apply(seen) : seen;
  }

  /** A margin in whole pixels, rounded down: at least a pixel remains of every edge. */
  private static int from(int parts, int edge) {
    return (int) ((long) parts * edge / PARTS);
  }
}
