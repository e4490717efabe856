package io.lorgnette.feature;

import io.lorgnette.weights.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Names the features of one view of one image: by the SHA-256 of the image file's bytes, in four
 * parts, and the {@linkplain io.lorgnette.image.View#number number} of the view (0 is the image as
 * it is).
 */
public record FeatureKey(long hash0, long hash1, long hash2, long hash3, int view) {

  public FeatureKey {
    if (view < 0) {
      throw new IllegalArgumentException("view must not be negative but is " + view);
    }
  }

  /** The key of an image, from the bytes of its file. */
  public static FeatureKey of(byte[] imageBytes, int view) {
    return ofHash(Sha256.digest().digest(imageBytes), view);
  }

  /** The key of an image, from the 32 bytes of its SHA-256. */
  public static FeatureKey ofHash(byte[] sha256, int view) {
    if (sha256.length != 32) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + sha256.length);
    }
    ByteBuffer in = ByteBuffer.wrap(sha256);
    return new FeatureKey(in.getLong(), in.getLong(), in.getLong(), in.getLong(), view);
  }

  /** The key of another view of the same image. */
  public FeatureKey withView(int other) {
    return new FeatureKey(hash0, hash1, hash2, hash3, other);
  }

  /** The hash in hexadecimal. */
  public String hash() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(hash0)
        + hex.toHexDigits(hash1)
        + hex.toHexDigits(hash2)
        + hex.toHexDigits(hash3);
  }

  @Override
  public String toString() {
    return hash() + "#" + view;
  }
}
