package io.lorgnette.image;

import io.lorgnette.error.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Reads image files into 8-bit RGB as Pillow's {@code convert("RGB")} gives it: PNG, JPEG, GIF
 * (first frame), BMP and WebP, recognised by their content.
 *
 * <p>Grey, palette, CMYK and 16-bit pictures become RGB by Pillow's rules; embedded colour profiles
 * are ignored, as there; transparency and EXIF orientation go by {@link Options}. A file's size and
 * the size of the picture that its header announces are checked before pixels are allocated.
 *
 * <p>Nothing is cached on disk and no state is kept: all methods may be used from many threads.
 *
 * @since 0.1
 */
public final class ImageReader {

  /** Longest edge in pixels: resizing multiplies it by the model's size. */
  private static final int MAX_SIDE = 1_000_000;

  private ImageReader() {}

  /**
   * How to read.
   *
   * @param alpha what becomes of transparency
   * @param upright whether pictures are turned as their EXIF orientation says
   * @param maxPixels largest width times height, at most {@value #LARGEST}
   * @param maxBytes largest file, in bytes
   */
  public record Options(Alpha alpha, boolean upright, long maxPixels, long maxBytes) {

    /** As many pixels as fit a Java array of RGB. */
    public static final long LARGEST = 700_000_000;

    /** White below transparency, upright, up to 2^27 (134 million) pixels and 256 MiB. */
    public static final Options DEFAULT = new Options(Alpha.WHITE, true, 1L << 27, 256L << 20);

    public Options {
      if (alpha == null || maxPixels < 1 || maxPixels > LARGEST || maxBytes < 1) {
        throw new IllegalArgumentException(
            "maxPixels must be in 1.." + LARGEST + ", maxBytes positive and alpha given");
      }
    }

    public Options withAlpha(Alpha newAlpha) {
      return new Options(newAlpha, upright, maxPixels, maxBytes);
    }

    public Options withUpright(boolean newUpright) {
      return new Options(alpha, newUpright, maxPixels, maxBytes);
    }

    public Options withMaxPixels(long newMaxPixels) {
      return new Options(alpha, upright, newMaxPixels, maxBytes);
    }

    public Options withMaxBytes(long newMaxBytes) {
      return new Options(alpha, upright, maxPixels, newMaxBytes);
    }

    /** The settings that change pixels, as a stable string for cache keys. */
    public String identity() {
      return "alpha=" + alpha.label() + ",upright=" + upright;
    }
  }

  /**
   * Reads a file with {@link Options#DEFAULT}.
   *
   * @throws InputException if there is no such file, or it is no image that can be read
   */
  public static RgbImage read(Path file) {
    return read(file, Options.DEFAULT);
  }

  /**
   * Reads a file.
   *
   * @throws InputException if there is no such file, or it is no image that can be read
   */
  public static RgbImage read(Path file, Options options) {
    try {
      if (Files.isDirectory(file)) {
        throw new InputException(file + " is a folder; give the path of an image file");
      }
      checkFileSize(file.toString(), Files.size(file), options);
      return read(Files.readAllBytes(file), file.toString(), options);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads an image file that is already in memory with {@link Options#DEFAULT}.
   *
   * @param name what to call the image in errors, for example its path or its name in an archive
   * @throws InputException if it is no image that can be read
   */
  public static RgbImage read(byte[] bytes, String name) {
    return read(bytes, name, Options.DEFAULT);
  }

  /**
   * Reads an image file that is already in memory.
   *
   * @param name what to call the image in errors, for example its path or its name in an archive
   * @throws InputException if it is no image that can be read
   */
  public static RgbImage read(byte[] bytes, String name, Options options) {
    checkFileSize(name, bytes.length, options);
    ImageFormat format =
        ImageFormat.detect(bytes)
            .orElseThrow(() -> new InputException(name + NotAnImage.describe(bytes)));
    if (!format.readable()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s is a %s image, which can not be read; convert it to JPEG or PNG first",
              name,
              format.label()));
    }
    try {
      ImageFile file = ImageFile.open(format, new Bytes(bytes));
      checkPixels(name, file, options);
      RgbImage stored = file.decode().toRgb(options.alpha());
      return options.upright() ? file.orientation().apply(stored) : stored;
    } catch (EOFException e) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s is a truncated %s image: the file ends before the picture does; copy or download it again",
              name,
              format.label()),
          e);
    } catch (IOException e) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s is a damaged or unusual %s image: %s; save it anew as JPEG or PNG",
              name,
              format.label(),
              e.getMessage()),
          e);
    }
  }

  private static void checkFileSize(String name, long size, Options options) {
    if (size == 0) {
      throw new InputException(name + " is empty (0 bytes); copy or download it again");
    }
    if (size > options.maxBytes()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s has %,d bytes, more than the limit of %,d for an image file; give a smaller one",
              name,
              size,
              options.maxBytes()));
    }
  }

  private static void checkPixels(String name, ImageFile file, Options options) {
    if (Math.max(file.width(), file.height()) > MAX_SIDE) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s announces %d x %d pixels, more than %,d in one direction; crop it first",
              name,
              file.width(),
              file.height(),
              MAX_SIDE));
    }
    if ((long) file.width() * file.height() > options.maxPixels()) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s announces %d x %d pixels, more than the limit of %,d; shrink it first",
              name,
              file.width(),
              file.height(),
              options.maxPixels()));
    }
  }

  private static InputException unreadable(Path file, IOException cause) {
    if (!Files.exists(file)) {
      return new InputException(file + " does not exist; give the path of an image file", cause);
    }
    String reason =
        cause instanceof AccessDeniedException ? "access is denied" : cause.getMessage();
    return new InputException(
        file + " can not be read: " + reason + "; check the file and its permissions", cause);
  }
}
