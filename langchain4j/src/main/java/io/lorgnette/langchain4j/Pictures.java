package io.lorgnette.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;

/** Reads the images of messages. Immutable; as safe for several threads as its fetcher. */
final class Pictures {

  private static final String BASE64 = ";base64";

  private final ImageFetcher fetcher; // or null

  Pictures(ImageFetcher fetcher) {
    this.fetcher = fetcher;
  }

  /**
   * Whether an image can be had, without bringing it.
   *
   * @throws UnsupportedFeatureException if its address is not one that is read here
   */
  void check(Image image) {
    if (image.base64Data() != null) {
      return;
    }
    switch (scheme(image)) {
      case "data", "file" -> {}
      case "http", "https" -> {
        if (fetcher == null) {
          throw new UnsupportedFeatureException(
              "image URLs of http and https are not supported without an imageFetcher; send the"
                  + " image itself, or give the builder one");
        }
      }
      default ->
          throw new UnsupportedFeatureException(
              "image URLs of "
                  + (scheme(image).isEmpty() ? "no scheme" : scheme(image))
                  + " are not supported; use data:, file:, http: or https:");
    }
  }

  /**
   * Brings an image and decodes it: PNG, JPEG, GIF, BMP or WebP, whatever type it says to have.
   *
   * @throws InputException if it can not be read
   * @throws UnsupportedFeatureException if its address is not one that is read here
   */
  RgbImage read(Image image) {
    check(image);
    if (image.base64Data() != null) {
      return ImageReader.read(decoded(image.base64Data()), "the image in the message");
    }
    URI url = image.url();
    return switch (scheme(image)) {
      case "data" -> ImageReader.read(data(url), "the image in the message");
      case "file" -> ImageReader.read(file(url));
      default -> ImageReader.read(fetched(url), "the image at " + url);
    };
  }

  private static String scheme(Image image) {
    String scheme = image.url() == null ? null : image.url().getScheme();
    return scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
  }

  private static byte[] data(URI url) {
    String text = url.getSchemeSpecificPart();
    int comma = text.indexOf(',');
    if (comma < 0 || !text.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(BASE64)) {
      throw new InputException(
          "the image's data URL is not in base64; write data:image/png;base64,...");
    }
    return decoded(text.substring(comma + 1));
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "the image in the message is not base64 (" + e.getMessage() + "); encode its file", e);
    }
  }

  private static Path file(URI url) {
    try {
      return Path.of(url);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          url + " is no file of this machine (" + e.getMessage() + "); write file:///path", e);
    }
  }

  private byte[] fetched(URI url) {
    try {
      return fetcher.fetch(url);
    } catch (IOException e) {
      throw new InputException(
          "the image at " + url + " can not be fetched (" + e.getMessage() + "); send it itself",
          e);
    }
  }
}
