package io.lorgnette.image;

import java.io.IOException;

/**
 * An image file whose header has been read and whose pixels have not: the moment to judge its size.
 *
 * <p>Implementations throw {@link java.io.EOFException} where the file ends too soon and {@link
 * IOException} with a short reason where it is damaged or of a rare kind.
 */
interface ImageFile {

  /** Width in pixels of the stored picture, at least 1. */
  int width();

  /** Height in pixels of the stored picture, at least 1. */
  int height();

  /** How the stored picture must be turned. */
  default Orientation orientation() {
    return Orientation.AS_STORED;
  }

  /** The pixels. To be called only when the size has been accepted. */
  Decoded decode() throws IOException;

  /** Reads the header of a file of the given format. */
  static ImageFile open(ImageFormat format, Bytes bytes) throws IOException {
    return switch (format) {
      case PNG -> PngFile.open(bytes);
      case JPEG -> JpegFile.open(bytes);
      case GIF -> GifFile.open(bytes);
      case BMP -> BmpFile.open(bytes);
      case WEBP -> WebpFile.open(bytes);
      case HEIC, AVIF, TIFF -> throw new IOException(format.label() + " is not decoded");
    };
  }
}
