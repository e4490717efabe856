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
    RgbImage applyThenCrop(RgbImage image, CenterCrop crop) {
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
  record CenterCrop(int size) implements ImageStep {

    public CenterCrop {
      requirePositive(size);
    }

    int offset(int edge) {
      return (edge - size) / 2;
    }

    @Override
    public RgbImage apply(RgbImage image) {
      return image.crop(offset(image.width()), offset(image.height()), size, size);
    }

    @Override
    public String identity() {
      return "center-crop(" + size + ")";
    }
  }

  /**
   * Makes the picture square by adding stripes of one colour at both sides of its shorter edge;
   * where they can not be equal the left or upper one is a pixel smaller.
   */
  record PadToSquare(int red, int green, int blue) implements ImageStep {

    public PadToSquare {
      if (Math.min(red, Math.min(green, blue)) < 0 || Math.max(red, Math.max(green, blue)) > 255) {
        throw new IllegalArgumentException("colours are 0..255");
      }
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
      int left = (size - w) / 2;
      int top = (size - h) / 2;
      byte[] out = new byte[3 * size * size];
      for (int i = 0; i < out.length; i += 3) {
        out[i] = (byte) red;
        out[i + 1] = (byte) green;
        out[i + 2] = (byte) blue;
      }
      for (int y = 0; y < h; y++) {
        System.arraycopy(image.rgb(), 3 * y * w, out, 3 * ((top + y) * size + left), 3 * w);
      }
      return new RgbImage(size, size, out);
    }

    @Override
    public String identity() {
      return "pad(" + red + "," + green + "," + blue + ")";
    }
  }

  private static void requirePositive(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("size must be positive, not " + size);
    }
  }
}
