package io.lorgnette.metrics;

import java.util.Optional;

/**
 * How captions are scored.
 *
 * @param evaluated which images count
 * @param tokens how captions become words
 * @param frequencies document frequencies for CIDEr; empty: those of the evaluated references
 */
public record CaptionOptions(
    Evaluated evaluated, CaptionTokens tokens, Optional<DocumentFrequencies> frequencies) {

  /** As the COCO evaluation does it. */
  public static CaptionOptions defaults() {
    return new CaptionOptions(Evaluated.REFERENCES, CaptionTokens.PTB, Optional.empty());
  }

  public CaptionOptions with(Evaluated other) {
    return new CaptionOptions(other, tokens, frequencies);
  }

  public CaptionOptions with(CaptionTokens other) {
    return new CaptionOptions(evaluated, other, frequencies);
  }

  public CaptionOptions with(DocumentFrequencies other) {
    return new CaptionOptions(evaluated, tokens, Optional.of(other));
  }
}
