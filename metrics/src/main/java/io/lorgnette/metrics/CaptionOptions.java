package io.lorgnette.metrics;

import java.util.Optional;

/**
 * How captions are scored.
 *
 * @param evaluated which images count
 * @param tokens how captions become words
 * @param frequencies document frequencies for CIDEr; empty: those of the evaluated references
 * @param meteor METEOR's word lists, which decide the name of that score
 */
public record CaptionOptions(
    Evaluated evaluated,
    CaptionTokens tokens,
    Optional<DocumentFrequencies> frequencies,
    MeteorData meteor) {

  /** As the COCO evaluation does it, but METEOR without its word lists. */
  public static CaptionOptions defaults() {
    return new CaptionOptions(
        Evaluated.REFERENCES, CaptionTokens.PTB, Optional.empty(), MeteorData.none());
  }

  public CaptionOptions with(Evaluated other) {
    return new CaptionOptions(other, tokens, frequencies, meteor);
  }

  public CaptionOptions with(CaptionTokens other) {
    return new CaptionOptions(evaluated, other, frequencies, meteor);
  }

  public CaptionOptions with(DocumentFrequencies other) {
    return new CaptionOptions(evaluated, tokens, Optional.of(other), meteor);
  }

  /** With word lists as {@link MeteorData#load} reads them. */
  public CaptionOptions with(MeteorData other) {
    return new CaptionOptions(evaluated, tokens, frequencies, other);
  }
}
