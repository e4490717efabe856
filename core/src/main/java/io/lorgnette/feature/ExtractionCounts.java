package io.lorgnette.feature;

/**
 * What became of images.
 *
 * @param encoded computed now
 * @param reused found in the cache, or equal in content to one before
 * @param broken passed over
 */
public record ExtractionCounts(long encoded, long reused, long broken) {

  /** All images looked at. */
  public long total() {
    return encoded + reused + broken;
  }
}
