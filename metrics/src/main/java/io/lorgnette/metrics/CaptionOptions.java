package io.lorgnette.metrics;

import java.util.List;
import java.util.Optional;

/**
 * How captions are scored.
 *
 * @param evaluated which images count
 * @param tokens how captions become words
 * @param frequencies document frequencies for CIDEr; empty: those of the evaluated references
 * @param meteor METEOR's word lists, which decide the name of that score
 * @param extra metrics of other jars that are to be computed too
 * @param listener hears of their progress
 */
public record CaptionOptions(
    Evaluated evaluated,
    CaptionTokens tokens,
    Optional<DocumentFrequencies> frequencies,
    MeteorData meteor,
    List<ExtraCaptionMetric> extra,
    ExtraCaptionMetric.Listener listener) {

  public CaptionOptions {
    extra = List.copyOf(extra);
  }

  /** As the COCO evaluation does it, but METEOR without its word lists. */
  public static CaptionOptions defaults() {
    return new CaptionOptions(
        Evaluated.REFERENCES,
        CaptionTokens.PTB,
        Optional.empty(),
        MeteorData.none(),
        List.of(),
        ExtraCaptionMetric.Listener.NONE);
  }

  public CaptionOptions with(Evaluated other) {
    return new CaptionOptions(other, tokens, frequencies, meteor, extra, listener);
  }

  public CaptionOptions with(CaptionTokens other) {
    return new CaptionOptions(evaluated, other, frequencies, meteor, extra, listener);
  }

  public CaptionOptions with(DocumentFrequencies other) {
    return new CaptionOptions(evaluated, tokens, Optional.of(other), meteor, extra, listener);
  }

  /** With word lists as {@link MeteorData#load} reads them. */
  public CaptionOptions with(MeteorData other) {
    return new CaptionOptions(evaluated, tokens, frequencies, other, extra, listener);
  }

  /** With metrics of other jars, such as those of {@link ExtraCaptionMetric#onClassPath}. */
  public CaptionOptions with(
      List<ExtraCaptionMetric> others, ExtraCaptionMetric.Listener newListener) {
    return new CaptionOptions(evaluated, tokens, frequencies, meteor, others, newListener);
  }
}
