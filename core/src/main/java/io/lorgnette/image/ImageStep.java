package io.lorgnette.image;

import io.lorgnette.error.InputException;

/** One step from a picture of any size towards the square that a vision encoder takes. */
public sealed interface ImageStep {

  /**
   * The picture after this step.
   *
   * @throws InputException if the picture is too large for it
   */
  RgbImage apply(RgbImage image);

  /** Name and settings, the same in every release, for cache keys. */
  String identity();

  /** A square cut out of a picture that is at least as large. */
  sealed interface Crop extends ImageStep {

    /** Of both edges in pixels. */
    int size();

    /** Where the square begins on an edge of this length. */
    int offset(int edge);

    @Override
    default RgbImage apply(RgbImage image) {
      return image.crop(offset(image.width()), offset(image.height()), size(), size());
    }
  }

  /**
   * Resizes so that the shorter edge has a given length and the aspect ratio stays; the longer edge
   * is rounded down.
   *
   * @param size of the shorter edge in pixels
   */
  record ResizeShortestEdge(int size, Filter filter) implements ImageStep {

    public ResizeShortestEdge {
      requirePositive(size);
    }

    @Override
    public RgbImage apply(RgbImage image) {
      return Resampler.resize(image, newWidth(image), newHeight(image), filter);
    }

    /** The same pixels as this step and then the crop, without computing what is cut off. */
    RgbImage applyThenCrop(RgbImage image, Crop crop) {
      int width = newWidth(image);
      int height = newHeight(image);
      return Resampler.resize(
          image,
          width,
          height,
          crop.offset(width),
          crop.offset(height),
          crop.size(),
          crop.size(),
          filter);
    }

    private int newWidth(RgbImage image) {
      return image.width() <= image.height() ? size : longer(image.width(), image.height());
    }

    private int newHeight(RgbImage image) {
      return image.width() <= image.height() ? longer(image.height(), image.width()) : size;
    }

    private int longer(int longEdge, int shortEdge) {
      return Math.toIntExact((long) size * longEdge / shortEdge);
    }

    @Override
    public String identity() {
      return "shortest-edge(" + size + "," + filter.label() + ")";
    }
  }

  /**
   * Resizes to a square; the aspect ratio is lost.
   *
   * @param size of both edges in pixels
   */
  record Squash(int size, Filter filter) implements ImageStep {

    public Squash {
      requirePositive(size);
    }

    @Override
    public RgbImage apply(RgbImage image) {
      return Resampler.resize(image, size, size, filter);
    }

    @Override
    public String identity() {
      return "squash(" + size + "," + filter.label() + ")";
    }
  }

  /**
   * Cuts a square out of the middle; where the margins can not be equal the left or upper one is a
   * pixel smaller.
   *
   * @param size of both edges in pixels, at most the picture's
   */
  record CenterCrop(int size) implements Crop {

    public CenterCrop {
      requirePositive(size);
    }

    @Override
    public int offset(int edge) {
      return (edge - size) / 2;
    }

    @Override
    public String identity() {
      return "center-crop(" + size + ")";
    }
  }

  /**
   * Cuts a square out of the middle as torchvision does, so for timm and open_clip: where the
   * margins can not be equal the left or upper one is the even one of the two.
   *
   * @param size of both edges in pixels, at most the picture's
   */
  record EvenCrop(int size) implements Crop {

    public EvenCrop {
      requirePositive(size);
    }

    @Override
    public int offset(int edge) {
      return (int) Math.rint((edge - size) / 2.0);
    }

    @Override
    public String identity() {
      return "even-crop(" + size + ")";
    }
  }

  /**
   * Resizes so that the longer edge has a given length and the aspect ratio stays; the shorter edge
   * is rounded, a half to the even number.
   *
   * @param size of the longer edge in pixels
   */
  record ResizeLongestEdge(int size, Filter filter) implements ImageStep {

    public ResizeLongestEdge {
      requirePositive(size);
    }

    @Override
    public RgbImage apply(RgbImage image) {
      double ratio = Math.max(image.width(), image.height()) / (double) size;
      int width = Math.max(1, (int) Math.rint(image.width() / ratio));
      int height = Math.max(1, (int) Math.rint(image.height() / ratio));
      return Resampler.resize(image, width, height, filter);
    }

    @Override
    public String identity() {
      return "longest-edge(" + size + "," + filter.label() + ")";
    }
  }

  /**
   * Makes the picture a square of a given size: edges that are too short get stripes of one colour
   * at both sides, the first one a pixel narrower where they can not be equal; edges that are too
   * long are cut as by {@link EvenCrop}.
   *
   * @param size of both edges in pixels
   */
  record CropOrPad(int size, int red, int green, int blue) implements ImageStep {

    public CropOrPad {
      requirePositive(size);
      requireColour(red, green, blue);
    }

    @Override
    public RgbImage apply(RgbImage image) {
      int width = Math.max(image.width(), size);
      int height = Math.max(image.height(), size);
      RgbImage padded = image;
      if (width != image.width() || height != image.height()) {
        int left = (width - image.width()) / 2;
        int top = (height - image.height()) / 2;
        padded = onColour(image, width, height, left, top, red, green, blue);
      }
      return new EvenCrop(size).apply(padded);
    }

    @Override
    public String identity() {
      return "crop-or-pad(" + size + "," + red + "," + green + "," + blue + ")";
    }
  }

  /**
   * Makes the picture square by adding stripes of one colour at both sides of its shorter edge;
   * where they can not be equal the left or upper one is a pixel smaller.
   */
  record PadToSquare(int red, int green, int blue) implements ImageStep {

    public PadToSquare {
      requireColour(red, green, blue);
    }

    @Override
    public RgbImage apply(RgbImage image) {
      int w = image.width();
      int h = image.height();
      if (w == h) {
        return image;
      }
      int size = Math.max(w, h);
      if ((long) size * size > ImageReader.Options.LARGEST) {
        throw new InputException(
            "a picture of "
                + w
                + " x "
                + h
                + " pixels is too large to be padded to a square; shrink it first");
      }
      return onColour(image, size, size, (size - w) / 2, (size - h) / 2, red, green, blue);
    }

    @Override
    public String identity() {
      return "pad(" + red + "," + green + "," + blue + ")";
    }
  }

  /** The picture on a larger one of one colour. */
  private static RgbImage onColour(
      RgbImage image, int width, int height, int left, int top, int red, int green, int blue) {
    byte[] out = new byte[Math.multiplyExact(3 * width, height)];
    for (int i = 0; i < out.length; i += 3) {
      out[i] = (byte) red;
      out[i + 1] = (byte) green;
      out[i + 2] = (byte) blue;
    }
    int row = 3 * image.width();
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(image.rgb(), y * row, out, 3 * ((top + y) * width + left), row);
    }
    return new RgbImage(width, height, out);
  }

  private static void requireColour(int red, int green, int blue) {
    if (Math.min(red, Math.min(green, blue)) < 0 || Math.max(red, Math.max(green, blue)) > 255) {
      throw new IllegalArgumentException("colours are 0..255");
    }
  }

  private static void requirePositive(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size must be positive, not " + size);
    }
  }
}
