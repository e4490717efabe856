package io.lorgnette.metrics;

import io.lorgnette.metrics.NGrams.Caption;
import java.util.ArrayList;
import java.util.List;

/**
 * CIDEr-D as a reward for a captioner that learns from its own captions (Rennie et al. 2017), a
 * caption at a time, with the document frequencies of a corpus.
 *
 * <p>The end of a caption is a word here: every reference has it, and a caption only if it came to
 * its end. Without it a captioner finds out that leaving out the last words costs nothing, and ends
 * in "on a". So the reward of a caption is not its CIDEr in an evaluation, but near it.
 *
 * <p>Thread-safe; a caption's reward depends on nothing but the caption and its references.
 */
public final class CiderReward {

  /** No caption holds it: tokens have no blank in them and this is not a Penn Treebank token. */
  private static final String END = "<end>";

  private final CaptionTokens tokens;
  private final NGrams grams = new NGrams();
  private final Cider cider;

  private CiderReward(List<? extends List<String>> corpus, CaptionTokens tokens) {
    this.tokens = tokens;
    List<List<Caption>> references = new ArrayList<>();
    corpus.forEach(captions -> references.add(add(captions)));
    cider = Cider.ofReferences(grams, references);
  }

  /**
   * A reward with the document frequencies of a corpus, usually the captions that are trained on.
   *
   * @param corpus the captions of each image, of at least one image
   * @throws IllegalArgumentException if the corpus is empty
   */
  public static CiderReward of(List<? extends List<String>> corpus, CaptionTokens tokens) {
    if (corpus.isEmpty()) {
      throw new IllegalArgumentException("document frequencies of no image");
    }
    return new CiderReward(corpus, tokens);
  }

  private List<Caption> add(List<String> captions) {
    return captions.stream().map(caption -> grams.add(words(caption, true))).toList();
  }

  private String words(String caption, boolean ended) {
    String words = tokens.apply(caption);
    return !ended ? words : words.isEmpty() ? END : words + " " + END;
  }

  /**
   * What captions of one image are compared with; need not be of the corpus.
   *
   * @param references at least one
   * @throws IllegalArgumentException if there are none
   */
  public Image image(List<String> references) {
    if (references.isEmpty()) {
      throw new IllegalArgumentException("an image without references");
    }
    synchronized (grams) {
      return new Image(add(references));
    }
  }

  /** An image with its references. */
  public final class Image {

    private final List<Caption> references;

    private Image(List<Caption> references) {
      this.references = references;
    }

    /**
     * The reward of a caption.
     *
     * @param ended whether it came to its end by itself, rather than being cut off
     * @return 0 to 10, as a fraction: papers print CIDEr times 100
     */
    public double of(String caption, boolean ended) {
      Caption numbered;
      synchronized (grams) {
        numbered = grams.look(words(caption, ended));
      }
      return cider.score(numbered, references);
    }
  }
}
